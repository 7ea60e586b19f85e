import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { EksTokenVerifier } from '../../../local/eks/token-verifier.ts';
import { type Listening, listen } from '../../../local/http/listen.ts';
import type { AccessEntries, ReviewedUser } from './access-entries.ts';

export interface TokenWebhookOptions {
  readonly verifier: EksTokenVerifier;
  readonly entries: AccessEntries;
  /** Told why a token was refused; never the token. */
  readonly onRefusal: (reason: string) => void;
}

type ReviewStatus =
  | { readonly authenticated: true; readonly user: ReviewedUser }
  | { readonly authenticated: false; readonly error: string };

/** Answers the API server's TokenReviews as EKS does: whose token it is, and which groups that principal has. */
export function startTokenWebhook(options: TokenWebhookOptions): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const status = review(await tokenOf(request), options);
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return listen(server, 0);
}

async function tokenOf(request: IncomingMessage): Promise<string> {
  const { spec } = (await json(request)) as { readonly spec?: { readonly token?: string } };
  return spec?.token ?? '';
}

function review(token: string, { verifier, entries, onRefusal }: TokenWebhookOptions): ReviewStatus {
  const verdict = verifier.verify(token);
  const user = verdict.kind === 'authenticated' ? entries.userOf(verdict.identity) : undefined;
  if (user !== undefined) return { authenticated: true, user };
  const error = verdict.kind === 'refused' ? verdict.reason : `'${verdict.identity.arn}' has no access entry`;
  onRefusal(error);
  return { authenticated: false, error };
}
