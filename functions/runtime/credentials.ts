import { setting, settingIfSet } from '#runtime/settings.ts';

/** AWS credentials in the SDK's own shape. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in for the SDK's chain of credential sources (`Alias` in template.yaml, docs/adr/0007): Lambda gives a function
 * its role's keys in its environment and nowhere else, and they outlive the sandbox, so they are never refreshed.
 * Keys of a user, as `sam local invoke` may pass them on, come without a session token.
 * The provider throws ConfigurationError naming the variable that is missing.
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const sessionToken = settingIfSet('sessionToken');
    return {
      accessKeyId: setting('accessKeyId'),
      secretAccessKey: setting('secretAccessKey'),
      ...(sessionToken && { sessionToken }),
    };
  };
}
