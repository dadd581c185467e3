// Steps that are done at once, on real Postgres and a real HTTP server: done once, told of in the audit log, cancelled when the
// run is stopped, and tried again where they fail.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { OneShotStep, SqlStep, VacuumStep } from '../../../src/domain/jobs/one-shot.ts';
import { type FakeReply, type FakeServer, serveFake, textReply } from '../../../src/local/fakes/http.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { aRun, auditOf, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';
import { aJobOf } from '../../support/jobs/steps.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let server: FakeServer;
let reply: () => FakeReply = () => textReply(200, '');
const keys: unknown[] = [];
beforeAll(async () => {
  server = await serveFake(({ headers, body }) => {
    keys.push([headers['idempotency-key'], headers.authorization, body]);
    return reply();
  });
  const values: Record<string, string> = { HOOK_URL: `${server.origin}/hook/`, HOOK_TOKEN: 'geheim' };
  engine = await createEngine(undefined, { variables: (_, name) => values[name] });
});
afterAll(async () => {
  await engine.close();
  await server.close();
});

const common = { database: 'app', timeoutSeconds: 60, ifFails: 'fail' as const };
const sqlStep = (sql: string, change: Partial<SqlStep> = {}): SqlStep => ({
  ...common,
  name: 'note',
  action: 'sql',
  sql,
  ...change,
});
const vacuumStep = (tables: readonly string[], change: Partial<VacuumStep> = {}): VacuumStep => ({
  ...common,
  name: 'vacuum',
  action: 'vacuum',
  tables: tables.map((table) => ({ schema: 'public', table })),
  analyze: true,
  skipLocked: false,
  ...change,
});

const begin = (step: OneShotStep): Promise<BegunRun> => beginRun(engine, aRun(aJobOf([step])));

const slice = (
  { job, plan }: BegunRun,
  {
    number = 1,
    attempt = 1,
    waitIfFailedSeconds,
  }: { number?: number; attempt?: number; waitIfFailedSeconds?: number } = {},
): Promise<SliceResult> =>
  engine.run(
    engine.activities.slice,
    { job, plan, slice: number, ...(waitIfFailedSeconds !== undefined && { waitIfFailedSeconds }) },
    attempt,
  );

const createTable = async (rows = 0): Promise<string> => {
  const table = unique('thing');
  await engine.db.query(
    `CREATE TABLE public.${table} (id int, run text); INSERT INTO public.${table} SELECT n FROM generate_series(1, ${rows}) n`,
  );
  return table;
};

const count = async (table: string): Promise<number> =>
  (await engine.db.query(`SELECT count(*)::int AS n FROM public.${table}`)).rows[0].n;

describe('one statement', () => {
  it('runs once however often its slice is tried, and says how many rows it changed', async () => {
    const table = await createTable();
    const begun = await begin(
      sqlStep(
        `INSERT INTO public.${table} SELECT n, current_setting('sexton.run_id') FROM generate_series(1, 3) n`,
      ),
    );
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 0, batches: 0 });
    expect(await slice(begun, { number: 2 })).toMatchObject({ done: true });
    const { rows } = await engine.db.query(`SELECT run FROM public.${table}`);
    expect(rows).toEqual(Array.from({ length: 3 }, () => ({ run: begun.run.runId })));
    const result = await finishRun(engine, begun);
    expect(result).toMatchObject({ state: 'completed', results: [{ step: 'note', result: { rows: 3 } }] });
    expect(
      (await auditOf(engine, begun)).map(({ action, metadata }) => [action, metadata['results']]),
    ).toMatchObject([
      ['CLEANUP_STARTED', undefined],
      ['CLEANUP_BATCH_COMPLETED', [{ rows: 3 }]],
      ['CLEANUP_COMPLETED', [{ step: 'note', result: { rows: 3 } }]],
    ]);
  });

  it('has happened once after a worker died at any step and another one went on', async () => {
    const deaths: string[] = [];
    for (;;) {
      const table = await createTable();
      const begun = await begin(sqlStep(`INSERT INTO public.${table} VALUES (1)`));
      const { job, plan } = begun;
      const { dependencies, died } = dyingAt(engine.dependencies, deaths.length + 1);
      await engine.run(createCleanupActivities(dependencies).slice, { job, plan, slice: 1 }).catch(() => {});
      const death = died();
      if (death === undefined) break;
      deaths.push(death);
      expect(await slice(begun, { attempt: 2 })).toMatchObject({ done: true });
      expect([death, await count(table)]).toEqual([death, 1]);
    }
    expect(deaths.join('\n')).toContain('INSERT INTO sexton.ledger');
  });

  it('that fails leaves nothing behind and has the run try again; with ifFails warn the last failure is a warning', async () => {
    const table = await createTable();
    const sql = `INSERT INTO public.${table} SELECT 1 / (n - 2) FROM generate_series(1, 3) n`;
    const begun = await begin(sqlStep(sql, { ifFails: 'warn' }));
    await expect(slice(begun, { waitIfFailedSeconds: 10 })).rejects.toMatchObject({ type: 'BATCH_FAILED' });
    expect(await slice(begun, { number: 2 })).toMatchObject({ done: true });
    expect(await count(table)).toBe(0);
    const result = await finishRun(engine, begun);
    expect(result).toMatchObject({
      state: 'completedWithWarnings',
      reason: expect.stringContaining('division by zero'),
    });
    const strict = await begin(sqlStep(sql));
    await expect(slice(strict)).rejects.toMatchObject({ type: 'BATCH_FAILED' });
  });

  it.each([
    ['that Postgres cannot parse', 'REFRESH MATERIALISED VIEW x', 'syntax error'],
    ['that is two', 'ANALYZE; ANALYZE', 'cannot insert multiple commands'],
    ['over a table that is not there', 'DELETE FROM public.nowhere', 'does not exist'],
  ])('%s is refused before the run begins', async (_, sql, words) => {
    await expect(begin(sqlStep(sql))).rejects.toMatchObject({
      type: 'PREFLIGHT_REFUSED',
      message: expect.stringContaining(words),
    });
  });
});

describe('vacuum', () => {
  it('EMAIL-26: takes its tables one by one, outside of any transaction, and goes on behind those that are done', async () => {
    const [first, second] = [await createTable(100), await createTable(100)];
    const begun = await begin(vacuumStep([first, second]));
    const { job, plan } = begun;
    // Nothing but the second vacuum itself is missing when this worker dies.
    let vacuums = 0;
    for (let place = 1; vacuums < 2; place += 1) {
      const { dependencies, died } = dyingAt(engine.dependencies, place);
      await engine
        .run(createCleanupActivities(dependencies).slice, { job, plan, slice: place })
        .catch(() => {});
      vacuums = died()?.includes('VACUUM') ? vacuums + 1 : vacuums;
      if (died() === undefined) break;
    }
    expect(await slice(begun, { number: 99 })).toMatchObject({ done: true });
    const { results } = await finishRun(engine, begun);
    expect(results?.map(({ result }) => result.table)).toEqual([`public.${first}`, `public.${second}`]);
    await eventually('both are known to be vacuumed', async () => {
      const { rows } = await engine.db.query(
        'SELECT 1 FROM pg_stat_user_tables WHERE relname = ANY($1) AND last_vacuum IS NOT NULL AND last_analyze IS NOT NULL',
        [[first, second]],
      );
      return rows.length === 2;
    });
  });

  it('leaves out a table that somebody has locked, with a warning, where it may', async () => {
    const table = await createTable(10);
    const begun = await begin(vacuumStep([table], { skipLocked: true }));
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; LOCK TABLE public.${table}`);
      expect(await slice(begun)).toMatchObject({ done: true });
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
    expect(await finishRun(engine, begun)).toMatchObject({
      state: 'completedWithWarnings',
      reason: expect.stringMatching(/^vacuum of public\.\w+: skipping vacuum/),
    });
  });

  it('that waits is cancelled in Postgres when its run is stopped', async () => {
    const table = await createTable(10);
    const begun = await begin(vacuumStep([table]));
    const { job, run } = begun;
    const waiting = 'SELECT pid FROM pg_stat_activity WHERE query LIKE $1 AND wait_event_type = $2';
    const other = await engine.db.connect();
    try {
      await other.query(`BEGIN; LOCK TABLE public.${table}`);
      const running = slice(begun);
      await eventually(
        'the vacuum waits',
        async () => (await engine.db.query(waiting, [`VACUUM%${table}%`, 'Lock'])).rows.length > 0,
      );
      const controlled = { ...job, job: job.name, database: 'app', runId: run.runId };
      const hold = { kind: 'stop', by: 'ana' } as const;
      await engine.run(engine.activities.holdRun, { run: controlled, hold, force: true });
      expect(await running).toMatchObject({ done: false, hold: { kind: 'stop', by: 'ana' } });
      expect((await engine.db.query(waiting, [`VACUUM%${table}%`, 'Lock'])).rows).toEqual([]);
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
  });

  it('of a table that is not there, or is none, is refused before the run begins', async () => {
    await engine.db.query('CREATE VIEW public.no_table AS SELECT 1 AS n');
    await expect(begin(vacuumStep(['nowhere', 'no_table']))).rejects.toMatchObject({
      type: 'PREFLIGHT_REFUSED',
      message: expect.stringMatching(/nowhere" does not exist.*"no_table" is no table/),
    });
  });
});

describe('one request', () => {
  const step: OneShotStep = {
    ...common,
    name: 'tell',
    action: 'http',
    http: {
      url: 'HOOK_URL',
      path: '/done',
      method: 'POST',
      headers: {},
      secretHeaders: { authorization: { variable: 'HOOK_TOKEN', prefix: 'Bearer ' } },
      timeoutSeconds: 5,
      body: { finished: true },
    },
  };

  it('is made once, and after a crash again under the same key, which is of the run and the step', async () => {
    keys.length = 0;
    const begun = await begin(step);
    const { job, plan, run } = begun;
    let died: string | undefined;
    for (let place = 1; !died?.includes('INSERT INTO sexton.ledger'); place += 1) {
      const trapped = dyingAt(engine.dependencies, place);
      const { slice: dying } = createCleanupActivities(trapped.dependencies);
      await engine.run(dying, { job, plan, slice: place }).catch(() => {});
      died = trapped.died();
      expect(died).toBeDefined();
    }
    expect(await slice(begun, { number: 99 })).toMatchObject({ done: true });
    expect(await slice(begun, { number: 100 })).toMatchObject({ done: true });
    const key = `test-pack/${job.name}/tell/${run.runId}`;
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify([key, 'Bearer geheim', '{"finished":true}'])]),
    );
    expect((await finishRun(engine, begun)).results).toMatchObject([
      { step: 'tell', result: { status: 200 } },
    ]);
  });

  it('that is refused or comes too early has the run wait, as long as the other side asks', async () => {
    const begun = await begin(step);
    reply = () => ({ status: 429, headers: { 'retry-after': '77' }, body: 'too\n many' });
    const busy: unknown = await slice(begun, { waitIfFailedSeconds: 10 }).catch((error: unknown) => error);
    expect(busy).toMatchObject({
      type: 'BATCH_FAILED',
      details: [{ code: 'HTTP_429', retryAfterSeconds: 77 }],
      message: expect.stringContaining('HOOK_URL answered 429: too many'),
    });
    expect(String(busy)).not.toContain(server.origin);
    reply = () => textReply(301, 'moved');
    await expect(slice(begun, { number: 2 })).rejects.toMatchObject({ details: [{ code: 'HTTP_301' }] });
    reply = () => textReply(200, '');
    expect(await slice(begun, { number: 3 })).toMatchObject({ done: true });
  });
});
