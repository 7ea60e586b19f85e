import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide, openPage } from '../../../cli/approve/decide.ts';
import type { ApprovalInvitation } from '../../../cli/mail/approval-mail.ts';
import { bundleOf, configMap, namespaceOf, pipelineOf, secret } from './applications.ts';
import { configMapPath } from './cluster-client.ts';
import { patienceMilliseconds } from './eventually.ts';
import { hasEnded, type ReleaseCloud, startReleaseCloud } from './release-cloud.ts';
import { type Remnant, remainsOf } from './remains.ts';

const [ana, bo] = ['ana@example.com', 'bo@example.com'];
const application = 'guarded';
const namespace = namespaceOf(application, 'production');
const settings = configMapPath(namespace, 'settings');
const credentials = `/api/v1/namespaces/${namespace}/secrets/credentials`;
const passwords = ['marker-Kestrel-4711', 'marker-Osprey-0815', 'marker-Buzzard-2342'] as const;
const asked = (release: number) => ({ application, release, environment: 'production' });

type Values = Readonly<Record<string, string>>;

let cloud: ReleaseCloud;
const invited: ApprovalInvitation[] = [];

const approve = ({ link, code }: ApprovalInvitation) =>
  decide({ verdict: 'approved', comment: '', link, code });

/** The mails of one round to both approvers. */
async function invitations(
  release: number,
  round: number,
): Promise<readonly [ApprovalInvitation, ApprovalInvitation]> {
  const both = [2 * round - 1, 2 * round].map((number) => cloud.invitation(asked(release), number));
  const [one, other] = await Promise.all(both);
  if (one === undefined || other === undefined) throw new Error('two approvers are asked');
  invited.push(one, other);
  return [one, other];
}

async function push(values: Values, secrets: Values) {
  const pipeline = pipelineOf(application, [{ name: 'production', approvers: [ana, bo] }]);
  return cloud.upload(
    application,
    await bundleOf(pipeline, {
      settings: configMap('settings', values),
      credentials: secret('credentials', secrets),
    }),
  );
}

/** A hand on the cluster, past every release. */
const byHand = (path: string, kind: string, data: object) => {
  const name = path.split('/').at(-1);
  return cloud.cluster.apply(path, { apiVersion: 'v1', kind, metadata: { name }, ...data }, 'kubectl-edit');
};

beforeAll(async () => {
  cloud = await startReleaseCloud(['StartRelease', 'ShowRelease', 'ValidateBundle', 'PlanPromotion']);
  await cloud.putPipeline(pipelineOf(application, [{ name: 'production', approvers: [ana, bo] }]));
  const first = await push({ colour: 'red' }, { password: passwords[0] });
  await approve((await invitations(1, 1))[0]);
  await cloud.follow(first, hasEnded);
}, patienceMilliseconds);
afterAll(async () => {
  await cloud?.stop();
});

describe('what was approved is what is applied', () => {
  it(
    'or it is asked for again, when the target drifted after the mail',
    async () => {
      const bundle = await push({ colour: 'blue', size: 'large' }, { password: passwords[1] });
      const [old, unused] = await invitations(2, 1);
      await byHand(settings, 'ConfigMap', { data: { colour: 'blue' } });
      await byHand(credentials, 'Secret', { stringData: { password: passwords[1] } });
      await approve(old);
      const [again] = await invitations(2, 2);
      for (const { link } of [old, unused]) {
        const page = await openPage(link);
        expect(page.text).toContain('Outdated: what would change is no longer what was asked');
        expect(page.text).toMatch(
          /ConfigMap guarded-production\/settings: \/data\/colour was to go "red" → "blue", would now go unchanged/,
        );
      }
      await expect(approve(unused)).rejects.toThrow('asks for no decision');
      expect((await cloud.cluster.read(settings)).data).toEqual({ colour: 'blue' });
      await approve(again);
      const { release, promotions } = await cloud.follow(bundle, hasEnded);
      expect(release.outcome).toBe('succeeded');
      const [{ requests } = { requests: [] }] = promotions;
      expect(requests.map(({ round, status }) => [round, status])).toEqual([
        [1, 'outdated'],
        [2, 'approved'],
      ]);
      expect((await cloud.cluster.read(settings)).data).toEqual({ colour: 'blue', size: 'large' });
    },
    patienceMilliseconds,
  );

  it(
    'or nothing is, when somebody took a field over by hand after the mail: it is asked for anew',
    async () => {
      const bundle = await push(
        { colour: 'blue', size: 'small' },
        { password: passwords[1], pin: passwords[2] },
      );
      const [mail] = await invitations(3, 1);
      await byHand(settings, 'ConfigMap', { data: { colour: 'blue', size: 'huge' } });
      await approve(mail);
      const [again] = await invitations(3, 2);
      expect((await cloud.cluster.read(settings)).data.size).toBe('huge');
      await approve(again);
      const { release, promotions } = await cloud.follow(bundle, hasEnded);
      expect(release.outcome).toBe('succeeded');
      expect(promotions[0]?.requests.map(({ status }) => status)).toEqual(['outdated', 'approved']);
      expect((await cloud.cluster.read(settings)).data.size).toBe('small');
    },
    patienceMilliseconds,
  );
});

/** Where a text stands, as it is, in base 64, or as a hash that anybody could compute. */
function placesOf(text: string, remains: readonly Remnant[]): readonly string[] {
  const hash = createHash('sha256').update(text);
  const forms = [text, Buffer.from(text).toString('base64').replace(/=+$/, ''), hash.digest('hex')];
  return remains
    .filter((remnant) => forms.some((form) => remnant.text.includes(form)))
    .map(({ where }) => where);
}

describe('what must stay secret', () => {
  let remains: readonly Remnant[];

  beforeAll(async () => {
    remains = await remainsOf(cloud, application);
  }, patienceMilliseconds);

  it('was looked for everywhere', () => {
    for (const kind of [
      'log AwaitApprovalFunction',
      'history guarded-2',
      'document plans/',
      'ledger LINK#',
      'mail ',
    ]) {
      expect(remains.filter(({ where }) => where.startsWith(kind)).length, kind).toBeGreaterThan(0);
    }
    expect(placesOf('/data/colour', remains).length).toBeGreaterThan(0);
    expect(invited).toHaveLength(10);
  });

  it('of a link and its code, stands in its recipient’s mail alone', () => {
    for (const { approver, link, code, mail } of invited) {
      const own = `mail ${mail.file.split('/').at(-1)}`;
      expect(own).toContain(approver);
      expect(placesOf(new URL(link).searchParams.get('k') ?? '', remains.filter(notHashed))).toEqual([own]);
      for (const form of [code, code.replaceAll('-', '')]) {
        expect(
          placesOf(form, remains).filter((where) => where !== own),
          code,
        ).toEqual([]);
      }
    }
  });

  it('of a Secret, stands in the documents of the release’s objects alone', () => {
    for (const [index, password] of passwords.entries()) {
      const places = placesOf(password, remains);
      expect(places).not.toEqual([]);
      for (const place of places) {
        expect(place).toMatch(
          new RegExp(`^document contents/${application}/[${index + 1}3]/production(\\.verified)?\\.json$`),
        );
      }
    }
  });

  it(
    'is on no page',
    async () => {
      for (const { link, code } of invited) {
        const { html } = await openPage(`${link}&all=1`);
        expect(html).toContain('guarded');
        for (const text of [...passwords, code, code.replaceAll('-', '')]) {
          expect(placesOf(text, [{ where: 'page', text: html }])).toEqual([]);
        }
      }
    },
    patienceMilliseconds,
  );

  it('of a waiting state, its task token, stands where it is kept and in the state machine alone', () => {
    const tokens = remains
      .filter(({ where }) => where.startsWith('ledger TOKEN#'))
      .map(({ text }) => (JSON.parse(text) as { taskToken: { S: string } }).taskToken.S);
    expect(tokens.length).toBeGreaterThan(3);
    for (const token of tokens) {
      for (const where of placesOf(token, remains)) {
        expect(where).toMatch(
          /^(ledger TOKEN#|history guarded-\d-production-\d Task(Scheduled|StateEntered)$)/,
        );
      }
    }
  });
});

/** The ledger keeps a link's secret as a hash of 256 random bits, which nobody can guess. */
const notHashed = ({ where }: Remnant): boolean => !where.startsWith('ledger LINK#');
