import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decisionForm } from '#pages/decision-form.ts';
import { decide, openPage } from '../../../cli/approve/decide.ts';
import { pageText, readForms } from '../../../cli/approve/form.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: URLSearchParams;
}

/** A server with one approval page; keeps what is posted to it. */
async function approvalServer(page: string, answer = { status: 200, html: '<h1>Approved</h1>' }) {
  const posts: Received[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.end(page);
      return;
    }
    posts.push({
      path: request.url ?? '',
      headers: request.headers,
      body: new URLSearchParams(await text(request)),
    });
    response.writeHead(answer.status).end(answer.html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    posts,
    origin: `http://127.0.0.1:${port}`,
    link: `http://127.0.0.1:${port}/live/a/link-1?k=secret`,
  };
}

/** The form as the service itself renders it. */
const form = decisionForm({ linkId: 'link-1', secret: 'se"cret&', approver: 'ana@example.com' });
const ownForm = `<!doctype html><html><head><style>p{}</style></head><body><h1>hello</h1>${form.text}</body></html>`;

describe('decide', () => {
  it('posts the page’s own form as a browser would', async () => {
    const { link, origin, posts } = await approvalServer(ownForm);
    const answer = await decide({ verdict: 'approved', link, code: 'ABCD-2345', comment: 'seen in staging' });
    expect(answer).toMatchObject({ status: 200, text: 'Approved' });
    expect(posts).toHaveLength(1);
    expect(posts[0]?.path).toBe('/live/a/link-1');
    expect(Object.fromEntries(posts[0]?.body ?? [])).toEqual({
      k: 'se"cret&',
      decision: 'approve',
      code: 'ABCD-2345',
      comment: 'seen in staging',
    });
    expect(posts[0]?.headers).toMatchObject({
      origin,
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      'sec-fetch-site': 'same-origin',
    });
  });

  it('chooses the other radio button to reject', async () => {
    const { link, posts } = await approvalServer(ownForm);
    await decide({ verdict: 'rejected', link, code: 'ABCD-2345', comment: 'no' });
    expect(posts[0]?.body.getAll('decision')).toEqual(['reject']);
  });

  it('ends with what the page says when the decision is not taken', async () => {
    const { link } = await approvalServer(ownForm, { status: 422, html: '<p>The code is wrong.</p>' });
    await expect(decide({ verdict: 'approved', link, code: 'X', comment: '' })).rejects.toMatchObject({
      exitCode: 1,
      message: 'the decision was not taken (422):\nThe code is wrong.',
    });
  });

  it('posts nothing when the page has no form', async () => {
    const { link, posts } = await approvalServer('<h1>Superseded by release 3</h1>');
    await expect(decide({ verdict: 'approved', link, code: 'X', comment: '' })).rejects.toThrow(
      'Superseded by release 3',
    );
    expect(posts).toEqual([]);
  });

  it('posts nothing to another origin', async () => {
    const elsewhere =
      '<form method="post" action="http://127.0.0.1:9/a"><button name="decision" value="approve">ok</button></form>';
    const { link } = await approvalServer(elsewhere);
    await expect(decide({ verdict: 'approved', link, code: 'X', comment: '' })).rejects.toThrow(
      'nothing was sent',
    );
  });

  it('says who does not answer, without the secret of the link', async () => {
    const error = await openPage('http://127.0.0.1:1/a/link?k=topsecret').catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'UnreachableError', exitCode: 7 });
    expect((error as Error).message).not.toContain('topsecret');
  });
});

describe('readForms', () => {
  it('reads quotes, entities, comments and unchecked boxes as a browser does', () => {
    const [form, second] = readForms(`
      <!-- <form method="post" action="/no"></form> -->
      <form method=POST action='/a?x=1&amp;y=2'>
        <input name="a" value="1 > 0"><input type="checkbox" name="b" value="on"><input type=checkbox name=c checked value=yes>
        <button name="go" value="approve">Go</button><button type="button" name="no" value="x">No</button>
      </form>`);
    expect(second).toBeUndefined();
    expect(form).toMatchObject({ action: '/a?x=1&y=2', method: 'post' });
    expect(form?.fields).toEqual([
      { name: 'a', type: 'text', value: '1 > 0' },
      { name: 'c', type: 'checkbox', value: 'yes' },
    ]);
    expect(form?.buttons).toEqual([{ name: 'go', type: 'submit', value: 'approve' }]);
  });
});

describe('pageText', () => {
  it('keeps the words and drops styles and forms', () => {
    expect(pageText('<style>p{color:red}</style><h1>A &amp; B</h1><p>one<br>two</p><form>code</form>')).toBe(
      'A & B\none\ntwo',
    );
  });

  it('keeps what belongs together on one line', () => {
    const html =
      '<dl><dt>Cause</dt><dd>it <b>crashed</b></dd></dl><tr><td>image</td><td><del>1</del><ins>2</ins></td></tr>';
    expect(pageText(html)).toBe('Cause: it crashed\nimage 1 → 2');
  });
});
