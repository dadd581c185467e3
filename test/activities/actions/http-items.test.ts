// A request for each row, against a real HTTP server: the same key whenever one is repeated, rows marked once theirs was taken,
// and everybody's fault told apart.
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { ItemRequest } from '../../../src/domain/jobs/http-request.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { Selection } from '../../../src/domain/jobs/step.ts';
import {
  type FakeReply,
  type FakeRequest,
  type FakeServer,
  serveFake,
  textReply,
} from '../../../src/local/fakes/http.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { queueOf } from '../../support/jobs/protected-rows.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';
import { aJobOf, oldRowsOf } from '../../support/jobs/steps.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let server: FakeServer;
let requests: FakeRequest[] = [];
let reply: (request: FakeRequest) => FakeReply;
beforeAll(async () => {
  server = await serveFake((request) => {
    requests.push(request);
    return reply(request);
  });
  const values: Record<string, string> = { ORDERS_URL: `${server.origin}/v1`, ORDERS_TOKEN: 'geheim' };
  engine = await createEngine(undefined, { variables: (_, name) => values[name] });
});
afterAll(async () => {
  await engine.close();
  await server.close();
});
beforeEach(() => {
  requests = [];
  reply = () => textReply(200, '');
});

interface Orders {
  readonly name: string;
  readonly jobWith: (http?: Partial<ItemRequest>, change?: Partial<Selection>) => JobSnapshot;
}

const createOrders = async (rows: number): Promise<Orders> => {
  const name = unique('orders');
  await engine.db.query(`
    CREATE TABLE public.${name} (id bigint PRIMARY KEY, at timestamptz, note text, amount numeric, sent_at timestamptz, n int DEFAULT 0);
    CREATE INDEX ON public.${name} (at, id);
    INSERT INTO public.${name} (id, at, note, amount)
    SELECT 9007199254740990 + n, sexton.now() - make_interval(days => 2, secs => -n), 'ä/' || n, 0.10 FROM generate_series(1, ${rows}) n`);
  const request: ItemRequest = {
    url: 'ORDERS_URL',
    path: '/orders/{id}?note={note}',
    method: 'PUT',
    headers: { 'x-from': 'tests' },
    secretHeaders: { authorization: { variable: 'ORDERS_TOKEN', prefix: 'Bearer ' } },
    body: { order: 'id', amount: 'amount' },
    timeoutSeconds: 2,
    atOnce: 1,
    doneColumn: 'sent_at',
  };
  return {
    name,
    jobWith: (http, change) =>
      aJobOf([
        {
          name: 'send',
          action: 'http-items',
          batchRows: 3,
          selection: oldRowsOf(name, { where: '"sent_at" IS NULL', ...change }),
          http: { ...request, ...http },
        },
      ]),
  };
};

const slice = (
  { job, plan }: BegunRun,
  { number = 1, attempt = 1 }: { number?: number; attempt?: number } = {},
): Promise<SliceResult> => engine.run(engine.activities.slice, { job, plan, slice: number }, attempt);

const begin = (job: JobSnapshot): Promise<BegunRun> => beginRun(engine, aRun(job));

const sent = async ({ name }: Orders): Promise<number> =>
  (await engine.db.query(`SELECT count(sent_at)::int AS n FROM public.${name}`)).rows[0].n;

const keysSeen = (): (string | string[] | undefined)[] =>
  requests.map(({ headers }) => headers['idempotency-key']);

describe('a step that makes a request for each row', () => {
  it('sends the oldest first, with what the row holds to the last digit, and marks each row that was taken', async () => {
    const orders = await createOrders(7);
    const begun = await begin(orders.jobWith());
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 7, setAside: 0 });
    expect(requests).toHaveLength(7);
    expect(requests[1]).toMatchObject({
      method: 'PUT',
      path: '/v1/orders/9007199254740992',
      body: '{"order" : 9007199254740992, "amount" : 0.10}',
      headers: {
        authorization: 'Bearer geheim',
        'x-from': 'tests',
        'content-type': 'application/json; charset=utf-8',
        'idempotency-key': `test-pack/${begun.job.name}/send/9007199254740992`,
      },
    });
    expect(requests[1]?.query.get('note')).toBe('ä/2');
    expect(requests.map(({ path }) => path)).toEqual(requests.map(({ path }) => path).toSorted());
    expect(await sent(orders)).toBe(7);
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completed', deleted: 7, remaining: 0 });
    expect(await slice(await begin({ ...begun.job, lockKey: unique('lock') }))).toMatchObject({
      done: true,
      deleted: 0,
    });
    expect(requests).toHaveLength(7);
  });

  it('EMAIL-34: repeats a request only under the key that it had, at whatever step a worker dies, and marks each row once', async () => {
    const deaths: string[] = [];
    let repeated = 0;
    for (;;) {
      const orders = await createOrders(2);
      const begun = await begin(
        orders.jobWith({ thenSql: `UPDATE public.${orders.name} SET n = n + 1 WHERE id = ANY($1)` }),
      );
      const { job, plan } = begun;
      requests = [];
      const { dependencies, died } = dyingAt(engine.dependencies, deaths.length + 1);
      await engine.run(createCleanupActivities(dependencies).slice, { job, plan, slice: 1 }).catch(() => {});
      const death = died();
      if (death === undefined) break;
      deaths.push(death);
      expect(await slice(begun, { attempt: 2 })).toMatchObject({ done: true, deleted: 2 });
      expect([death, new Set(keysSeen()).size]).toEqual([death, 2]);
      repeated += keysSeen().length - 2;
      const { rows } = await engine.db.query(`SELECT DISTINCT n FROM public.${orders.name}`);
      expect([death, rows]).toEqual([death, [{ n: 1 }]]);
    }
    expect(repeated).toBeGreaterThan(0);
    expect(deaths.join('\n')).toContain('before UPDATE');
  });

  it('sets aside what the other side refuses for good, with the beginning of its words, and goes on', async () => {
    const orders = await createOrders(5);
    reply = ({ path }) =>
      path.endsWith('2') ? textReply(422, `no such\norder ${'x'.repeat(5000)}`) : textReply(201, '');
    await engine.db.query(`UPDATE public.${orders.name} SET note = NULL WHERE id % 10 = 4`);
    const job = orders.jobWith();
    const begun = await begin(job);
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 3, setAside: 2 });
    const queue = await queueOf(engine, job);
    expect(queue.map(({ resource_id, failure_mode }) => [resource_id, failure_mode])).toEqual([
      ['9007199254740992', 'http_422'],
      ['9007199254740994', 'http_incomplete'],
    ]);
    expect(queue[0]?.error).toMatch(/^answered 422: no such order x+…$/);
    expect(queue[0]?.error.length).toBeLessThan(230);
    expect(await finishRun(engine, begun)).toMatchObject({
      state: 'completedWithWarnings',
      remaining: 0,
      setAside: 2,
    });
  });

  it.each([
    [500, 'HTTP_500'],
    [401, 'HTTP_401'],
    [302, 'HTTP_302'],
  ])(
    'lets the run wait at a %s, which says nothing of the row, and keeps what was taken before',
    async (status, code) => {
      const orders = await createOrders(3);
      reply = ({ path }) =>
        path.endsWith('3')
          ? { status, headers: { location: `${server.origin}/elsewhere` }, body: 'away' }
          : textReply(200, '');
      const begun = await begin(orders.jobWith());
      const error: unknown = await slice(begun).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ type: 'BATCH_FAILED', details: [{ code }] });
      expect(String(error)).not.toContain(server.origin);
      expect(await sent(orders)).toBe(2);
      expect(requests.filter(({ path }) => path === '/elsewhere')).toEqual([]);
      reply = () => textReply(200, '');
      expect(await slice(begun, { number: 2 })).toMatchObject({ done: true, deleted: 3 });
      expect(keysSeen()).toHaveLength(4);
      expect(await queueOf(engine, begun.job)).toEqual([]);
    },
  );

  it('waits a moment where it is asked to, and leaves a longer wait to the run', async () => {
    const orders = await createOrders(2);
    let busy = 1;
    reply = () => {
      busy -= 1;
      return busy >= 0 ? { status: 429, headers: { 'retry-after': '1' }, body: '' } : textReply(200, '');
    };
    const from = performance.now();
    expect(await slice(await begin(orders.jobWith()))).toMatchObject({ done: true, deleted: 2 });
    expect(performance.now() - from).toBeGreaterThan(990);
    const others = await createOrders(1);
    reply = () => ({ status: 503, headers: { 'retry-after': '60' }, body: '' });
    await expect(slice(await begin(others.jobWith()))).rejects.toMatchObject({
      details: [{ code: 'HTTP_503', retryAfterSeconds: 60 }],
    });
    reply = () => 'reset';
    await expect(slice(await begin(others.jobWith()))).rejects.toMatchObject({
      details: [{ code: 'HTTP_BROKEN' }],
    });
  });

  it('keeps to its rate, however many requests may be under way at once', async () => {
    const orders = await createOrders(9);
    reply = () => textReply(200, '');
    const from = performance.now();
    expect(await slice(await begin(orders.jobWith({ perSecond: 20, atOnce: 3 })))).toMatchObject({
      deleted: 9,
    });
    // Nine requests are eight gaps of 50 ms, whoever makes them.
    expect(performance.now() - from).toBeGreaterThan(395);
  });

  it('takes a template of the pack for its key', async () => {
    const orders = await createOrders(1);
    expect(await slice(await begin(orders.jobWith({ idempotencyKey: 'order:{id}' })))).toMatchObject({
      deleted: 1,
    });
    expect(keysSeen()).toEqual(['order:9007199254740991']);
  });

  it('sets aside a row that cannot be marked, and marks the others', async () => {
    const orders = await createOrders(4);
    const { name } = orders;
    await engine.db.query(`
      CREATE FUNCTION public.${name}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.id % 10 = 2 THEN RAISE EXCEPTION 'sealed'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER guard BEFORE UPDATE ON public.${name} FOR EACH ROW EXECUTE FUNCTION public.${name}_guard()`);
    const job = orders.jobWith();
    expect(await slice(await begin(job))).toMatchObject({ done: true, deleted: 3, setAside: 1 });
    expect(await queueOf(engine, job)).toMatchObject([
      { resource_id: '9007199254740992', failure_mode: 'P0001' },
    ]);
  });

  it('is refused before its first request where a column or a variable is missing', async () => {
    const orders = await createOrders(1);
    const refused = async (job: JobSnapshot): Promise<unknown> => begin(job).catch((error: unknown) => error);
    expect(await refused(orders.jobWith({ doneColumn: 'gone' }, { where: 'true' }))).toMatchObject({
      type: 'PREFLIGHT_REFUSED',
      message: expect.stringContaining('has no column gone'),
    });
    expect(await refused(orders.jobWith({ doneColumn: 'note' }))).toMatchObject({
      message: expect.stringContaining('so it cannot hold an instant'),
    });
    expect(await refused(orders.jobWith({ path: '/{nowhere}' }))).toMatchObject({
      message: expect.stringContaining('what the requests need cannot be read: column "nowhere"'),
    });
    expect(await refused(orders.jobWith({ url: 'NO_URL' }))).toMatchObject({
      type: 'UNKNOWN_NAME',
      message: expect.stringContaining('no value for NO_URL'),
    });
    expect(requests).toEqual([]);
  });
});
