import type { ApiResponse } from '#domain/api-request.ts';
import { styleSource } from './style.ts';

/**
 * Sent with every answer. `same-origin` and not `no-referrer`: with that one browsers send `Origin: null` along with
 * the form's own POST, which could then not be told from another site's.
 */
const securityHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src ${styleSource}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': 'noindex',
};

/** A page as an answer. */
export function pageResponse(statusCode: number, body: string): ApiResponse {
  return { statusCode, headers: { ...securityHeaders, 'Content-Type': 'text/html; charset=utf-8' }, body };
}

/** Sends the browser on with a GET. */
export function seeOther(location: string): ApiResponse {
  return { statusCode: 303, headers: { ...securityHeaders, Location: location }, body: '' };
}

/** The answer to HEAD: what GET answers, without its body. */
export const withoutBody = (response: ApiResponse): ApiResponse => ({ ...response, body: '' });
