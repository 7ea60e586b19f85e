/** Unguessable values. */
export interface Secrets {
  /** 256 random bits, base64url. */
  linkSecret(): string;
  /** A short code that a person types: 8 characters of Crockford's base 32. */
  decisionCode(): string;
  /** 128 random bits, base64url: names a link, proves nothing. */
  linkId(): string;
}
