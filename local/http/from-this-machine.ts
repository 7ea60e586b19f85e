import type { IncomingMessage } from 'node:http';

/**
 * Whether a request was addressed to this port by a loopback name. Any other Host is a name that somebody else's DNS
 * points at loopback, through which a web page would reach the port as its own origin.
 */
export function isAddressedHere({ headers, socket }: IncomingMessage): boolean {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return names.some((name) => headers.host?.toLowerCase() === `${name}:${socket.localPort}`);
}

/** Whether a browser sent it for a page: SDKs, the AWS CLI and typed addresses send neither header. */
export function isFromPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}

/** Whether a browser opens it as a page of its own, as a link in a mail does: no script can read the answer. */
export function isFollowedLink({ method, headers }: IncomingMessage): boolean {
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return method === 'GET' && headers.origin === undefined && isNavigation;
}

/** The answer to whatever is refused by its address or its sender. */
export const foreignRequest = {
  code: 'AccessDenied',
  status: 403,
  message:
    'The laptop cloud answers only programs of this machine that address it by 127.0.0.1, localhost or [::1] with its port, and no web page',
};
