import { createCipheriv, randomBytes } from 'node:crypto';

/** What a SecureString looks like to who does not ask for decryption: sealed with a key that nobody keeps. */
export function sealer(): (value: string) => string {
  const key = randomBytes(32);
  return (value) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    return Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
      'base64',
    );
  };
}
