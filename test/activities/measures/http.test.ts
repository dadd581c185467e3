// `http` against a real server: what an answer is, and what is none.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import getTLSOptions from 'smtp-server/lib/tls-options.js';
import { afterAll, describe, expect, it } from 'vitest';
import type { HttpMeasureDefinition } from '../../../src/catalog/define/measures.ts';
import { errorOf, readingsOf, takerOf, valueOf } from '../../support/monitors/measures.ts';

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** With `tls`, under the certificate for tests that a development package brings: nobody's, and long expired. */
const serving = async (handler: Handler, tls = false): Promise<string> => {
  const { key, cert } = getTLSOptions();
  const server = tls ? createTlsServer({ key, cert }, handler) : createServer(handler);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `${tls ? 'https' : 'http'}://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
};

const asking = (
  url: string,
  more: Partial<HttpMeasureDefinition> & Pick<HttpMeasureDefinition, 'of'>,
  variables: Readonly<Record<string, string>> = {},
) => {
  const known: Readonly<Record<string, string>> = { HEALTH_URL: url, ...variables };
  const dependencies = { variables: (_: string, name: string) => known[name] } as Parameters<
    typeof takerOf
  >[0];
  return takerOf(dependencies)({ kind: 'http', url: 'HEALTH_URL', ...more });
};

const answering =
  (status: number, body = ''): Handler =>
  (_, response) => {
    response.writeHead(status).end(body);
  };

describe('an answer', () => {
  it('of any status is one, and none is followed elsewhere', async () => {
    expect(readingsOf(await asking(await serving(answering(200)), { of: 'status' }))).toEqual([
      { labels: {}, value: 200, facts: [['status', '200']] },
    ]);
    expect(valueOf(await asking(await serving(answering(503, 'sorry')), { of: 'status' }))).toBe(503);
    const elsewhere: Handler = (_, response) => {
      response.writeHead(302, { location: '/login' }).end();
    };
    expect(valueOf(await asking(await serving(elsewhere), { of: 'status' }))).toBe(302);
    expect(valueOf(await asking(await serving(answering(500)), { of: 'latency-ms' }))).toBeGreaterThan(0);
  });

  it('is asked for as declared, with secrets from the environment', async () => {
    let seen: unknown;
    const url = await serving((request, response) => {
      const { method, url: path, headers } = request;
      seen = { method, path, key: headers['x-key'], type: headers['content-type'] };
      request.resume();
      response.end('{"ok": true, "depth": 3}');
    });
    const more = {
      of: 'json' as const,
      at: 'depth',
      method: 'POST' as const,
      path: '/queue',
      body: { all: true },
      secretHeaders: { 'x-key': { variable: 'KEY', prefix: 'Bearer ' } },
    };
    expect(valueOf(await asking(url, more, { KEY: 'hush' }))).toBe(3);
    expect(seen).toEqual({ method: 'POST', path: '/queue', key: 'Bearer hush', type: 'application/json' });
    expect(errorOf(await asking(url, more))).toMatch(/^UNKNOWN_NAME: .*no KEY/);
  });

  it.each([
    ['{"queue": {"items": [{"age": 1.5}]}}', 'queue.items.0.age', 1.5],
    ['{"age": null}', 'age', null],
    ['{"age": "1.5"}', 'age', 'HTTP_BODY: age must be a number or null, and is a string'],
    ['{"age": 1}', 'depth', 'HTTP_BODY: the answer has no depth'],
    ['{"age": 1}', 'toString', 'HTTP_BODY: the answer has no toString'],
    ['<html>', 'age', 'HTTP_BODY: the answer is no JSON, or longer than a measure reads'],
  ])('%s has %s', async (body, at, expected) => {
    const taken = await asking(await serving(answering(200, body)), { of: 'json', at });
    expect('error' in taken ? errorOf(taken) : valueOf(taken)).toBe(expected);
  });

  it('that is no success has no number in it', async () => {
    const taken = await asking(await serving(answering(502, 'bad\n gateway')), { of: 'json', at: 'age' });
    expect(errorOf(taken)).toBe('HTTP_STATUS: the answer was 502: bad gateway');
  });
});

describe('no answer', () => {
  it('in time is a timeout', async () => {
    const taken = await asking(await serving(() => {}), { of: 'status', timeout: '1s' });
    expect(errorOf(taken)).toBe('TIMEOUT: no answer within 1 s');
  });

  it('from a port where nothing listens is told as that', async () => {
    expect(errorOf(await asking('http://127.0.0.1:3', { of: 'status' }))).toMatch(
      /^HTTP_UNREACHED: .*ECONNREFUSED/,
    );
  });

  it('because the certificate is no good is told as that', async () => {
    const taken = await asking(await serving(answering(200), true), { of: 'status' });
    expect(errorOf(taken)).toMatch(
      /^CERTIFICATE: it was not reached \((CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED_CERT)\)/,
    );
  });

  it('says nothing of what the address keeps secret', async () => {
    const taken = await asking('http://ana:hush@127.0.0.1:3', { of: 'status' });
    expect(errorOf(taken)).toMatch(/^HTTP_UNUSABLE: /);
    expect(errorOf(taken)).not.toContain('hush');
  });
});
