import { Readable } from 'node:stream';
import { frontError } from '../http/front-error.ts';
import { unknownOperation } from '../http/protocol/aws-error.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../http/service.ts';
import { accountId } from '../identity.ts';
import { type Call, jsonOperation, type World } from './call.ts';
import type { Context } from './conditions.ts';
import { type Denial, denialMessage, denied } from './denial.ts';
import { compilePolicies, type Need, type Policies } from './evaluate.ts';
import { needsOf } from './needs.ts';
import { isObjectRead, needToSeeMissingKeys } from './services/s3.ts';
import type { RoleModel } from './statement.ts';

/** A role as somebody has assumed it. */
export interface Session {
  readonly roleArn: string;
  /** `arn:aws:sts::…:assumed-role/<role>/<session>`. */
  readonly arn: string;
}

export interface GuardOptions {
  readonly roles: readonly RoleModel[];
  /** Whose temporary keys they are; undefined for keys that are no session of a role, which are not restricted. */
  readonly sessionOf: (accessKeyId: string) => Session | undefined;
  readonly world: World;
  /** Told of each denial, in AWS's words. */
  readonly onDenied?: (message: string) => void;
}

/** Asks the policies of roles. A role that the template does not declare has policies nobody here knows: it is not restricted. */
export interface Guard {
  /** The same service, each of whose requests is authorised first. */
  guarded(service: AwsService): AwsService;
  /** AWS's words of a denial, or undefined when the session may do what it needs. */
  whyDenied(session: Session, need: Need): string | undefined;
}

export function createGuard({ roles, sessionOf, world, onDenied }: GuardOptions): Guard {
  const policies = new Map(roles.map(({ arn, statements }) => [arn, compilePolicies(statements)]));

  const ask = (session: Session, ask: Policies, need: Need): Denial | undefined => {
    const verdict = ask(need, generalContext(session, world));
    if (verdict === 'allowed') return undefined;
    const denial = { callerArn: session.arn, need, verdict };
    onDenied?.(denialMessage(denial));
    return denial;
  };

  async function authorised(
    service: AwsService,
    request: AwsRequest,
    session: Session,
    own: Policies,
  ): Promise<AwsResponse> {
    const name = service.signingName;
    const read = await withBody(name, request);
    const needs = needsOf[name]?.({ ...read, world });
    if (!needs) return notMapped(name, read);
    for (const need of needs) {
      const denial = ask(session, own, need);
      if (denial) return refuse(name, read.request, denial);
    }
    const answer = await service.handle(read.request);
    if (name !== 's3' || answer.status !== 404 || !isObjectRead(request)) return answer;
    const denial = ask(session, own, needToSeeMissingKeys(request));
    return denial ? denied(name, request, denial) : answer;
  }

  return {
    guarded: (service) => ({
      ...service,
      handle: async (request) => {
        const session = request.accessKeyId === undefined ? undefined : sessionOf(request.accessKeyId);
        const own = session && policies.get(session.roleArn);
        return own ? authorised(service, request, session, own) : service.handle(request);
      },
    }),
    whyDenied(session, need) {
      const own = policies.get(session.roleArn);
      const denial = own && ask(session, own, need);
      return denial && denialMessage(denial);
    },
  };
}

/** What every request says of itself. AWS is reached by TLS alone, so a policy that asks for it holds here too. */
const generalContext = ({ roleArn }: Session, { region }: World): Context => ({
  'aws:principalaccount': accountId,
  'aws:principalarn': roleArn,
  'aws:requestedregion': region,
  'aws:resourceaccount': accountId,
  'aws:securetransport': 'true',
});

type Read = Pick<Call, 'request' | 'body'>;

/** The request with its body read and still to be read; S3's objects stay streams. */
async function withBody(service: string, request: AwsRequest): Promise<Read> {
  if (service === 's3' && !(request.method === 'POST' && request.query.has('delete'))) {
    return { request, body: Buffer.alloc(0) };
  }
  const body = await request.readBody();
  return { request: { ...request, body: Readable.from([body]), readBody: async () => body }, body };
}

/** The rest of a refused upload is read: closing in its middle would show as a broken connection, not as the denial. */
async function refuse(service: string, request: AwsRequest, denial: Denial): Promise<AwsResponse> {
  if (service === 's3') for await (const _ of request.body);
  return denied(service, request, denial);
}

/** What no permission is known for is done by no role: the table must be completed, not passed by. */
function notMapped(service: string, { request, body }: Read): AwsResponse {
  const action = new URLSearchParams(body.toString('utf8')).get('Action') ?? request.query.get('Action');
  const operation = jsonOperation(request) || action || `${request.method} ${request.path}`;
  return frontError(service, request.headers, unknownOperation(service, operation));
}
