// plan and apply against a real Temporal server, in a namespace of the test's own, and real databases.
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { apply } from '../../src/client/commands/apply.ts';
import { plan } from '../../src/client/commands/plan.ts';
import type { CommandContext } from '../../src/client/context.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import { jobScheduleId, RECONCILE_SCHEDULE_ID } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { freshDatabase, temporalAddress, unique } from '../support/stack.ts';

const JOB = 'cleanup_magic_links';
const SCHEDULE = jobScheduleId('sla-monitoring', JOB);

let connection: Connection;
let client: Client;
let declared: Catalog;

const registerNamespace = async (): Promise<string> => {
  const namespace = unique('sync').replaceAll('_', '-');
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  await eventually('namespace is usable', async () => {
    await new Client({ connection, namespace }).workflow.count();
    return true;
  });
  return namespace;
};

beforeAll(async () => {
  connection = await Connection.connect({ address: temporalAddress() });
  client = new Client({ connection, namespace: await registerNamespace() });
  const catalog = await loadCatalog({
    env: {
      SEXTON_DATABASE_URL: await freshDatabase('sync_home'),
      DATABASE_URL: await freshDatabase('sync_target'),
      REDIS_URL: 'redis://localhost:6379',
    },
  });
  // One schedule of a job, and Sexton's own monitors, are enough to see what becomes of schedules.
  declared = {
    ...catalog,
    jobs: catalog.jobs.filter(({ name }) => name === JOB),
    monitors: catalog.monitors.filter(({ pack }) => pack === 'sexton'),
    checks: [],
    digests: [],
  };
});

afterAll(() => connection.close());

const withBudget = (seconds: number): Catalog => ({
  ...declared,
  jobs: declared.jobs.map((job) => ({ ...job, snapshot: { ...job.snapshot, budgetSeconds: seconds } })),
});

const run = async (
  command: (context: CommandContext, options: { json?: boolean }) => Promise<number>,
  catalog: Catalog,
  options: { json?: boolean } = {},
): Promise<{ code: number; lines: readonly string[] }> => {
  let text = '';
  const out = { write: (chunk: string) => (text += chunk) } as unknown as NodeJS.WritableStream;
  const open = async () => ({ catalog, client, close: async () => {} });
  const code = await command({ open, out, err: out }, options);
  return { code, lines: text.trimEnd().split('\n') };
};

const NOTHING = { code: 0, lines: ['nothing to do: all is as declared'] };

describe('plan and apply', () => {
  it('on a fresh installation plan lists everything, exits with 4 and changes nothing', async () => {
    const first = await run(plan, declared);
    expect(first.code).toBe(4);
    expect(first.lines).toContain('run migration shared/001_clock (home)');
    expect(first.lines).toContain('run migration sla-monitoring/002_audit_log (sla-monitoring/app)');
    expect(first.lines).toContain('add search attribute SextonPack (Keyword)');
    expect(first.lines.slice(-4)).toEqual([
      `create schedule ${SCHEDULE}`,
      'create schedule sexton/sexton/monitor/alerting',
      'create schedule sexton/sexton/monitor/canary',
      `create schedule ${RECONCILE_SCHEDULE_ID}`,
    ]);
    expect(await run(plan, declared)).toEqual(first);
  });

  it('apply says the same in the past tense, and then plan and a second apply find nothing', async () => {
    const planned = await run(plan, declared);
    const applied = await run(apply, declared);
    expect(applied.code).toBe(0);
    expect(applied.lines).toHaveLength(planned.lines.length);
    expect(applied.lines).toContain('ran migration home/001_run (home)');
    expect(applied.lines).toContain('added search attribute SextonUtilization (Double)');
    expect(applied.lines).toContain(`created schedule ${SCHEDULE}`);
    const before = await client.schedule.getHandle(SCHEDULE).describe();
    expect(await run(plan, declared)).toEqual(NOTHING);
    expect(await run(apply, declared)).toEqual(NOTHING);
    const after = await client.schedule.getHandle(SCHEDULE).describe();
    expect(after.info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
  });

  it('the schedule starts the job at ten past each hour (SLA-15), never twice at once, and says what it is', async () => {
    const { spec, action, policies, info } = await client.schedule.getHandle(SCHEDULE).describe();
    expect(info.nextActionTimes.map((time) => time.getUTCMinutes())).toEqual(Array(10).fill(10));
    expect(spec.timezone || 'UTC').toBe('UTC');
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 3_600_000, pauseOnFailure: false });
    expect(action).toMatchObject({ workflowType: 'job', workflowId: `job/sla-monitoring/${JOB}/scheduled` });
    expect(action.staticDetails).toContain('**Budget** 5m');
    expect(action.args?.[0]).toMatchObject({
      job: { name: JOB, budgetSeconds: 300 },
      request: { trigger: 'schedule' },
    });
  });

  it('a changed budget is named with both values, and an operator’s pause and note are kept', async () => {
    const handle = client.schedule.getHandle(SCHEDULE);
    await handle.pause('ann: index is being rebuilt');
    expect(await run(plan, declared)).toEqual(NOTHING);
    expect(await run(plan, withBudget(600))).toEqual({
      code: 4,
      lines: [`update schedule ${SCHEDULE}: budgetSeconds 300 → 600`],
    });
    expect((await run(apply, withBudget(600))).lines).toEqual([
      `updated schedule ${SCHEDULE}: budgetSeconds 300 → 600`,
    ]);
    const { state, action } = await handle.describe();
    expect(state).toMatchObject({ paused: true, note: 'ann: index is being rebuilt' });
    expect(action.args?.[0]).toMatchObject({ job: { budgetSeconds: 600 } });
    expect(await run(plan, withBudget(600))).toEqual(NOTHING);
    await run(apply, declared);
  });

  it('what was changed by hand is named and put back', async () => {
    await client.schedule.getHandle(SCHEDULE).update((prev) => ({
      ...prev,
      spec: { calendars: [{ minute: 40, hour: '*' }], jitter: '10s', timezone: 'UTC' },
    }));
    expect((await run(plan, declared, { json: true })).lines.map((line) => JSON.parse(line))).toEqual([
      {
        differences: [
          {
            kind: 'schedule',
            name: SCHEDULE,
            action: 'update',
            changes: expect.arrayContaining([
              { path: 'minute', from: [40], to: [10] },
              { path: 'unplanned.jitterMs', from: 10_000 },
            ]),
          },
        ],
      },
    ]);
    await run(apply, declared);
    expect(await run(plan, declared)).toEqual(NOTHING);
  });

  it('a schedule that is no longer declared is listed, then deleted; others and open runs are left alone', async () => {
    await client.schedule.create({
      scheduleId: 'somebody-else',
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other' },
    });
    const handle = client.schedule.getHandle(SCHEDULE);
    await handle.unpause();
    await handle.trigger('SKIP');
    const started = await eventually(
      'the run has started',
      async () => (await handle.describe()).info.runningActions[0],
    );
    const without = { ...declared, jobs: [] };
    const line = `schedule ${SCHEDULE} (no longer declared; open runs finish)`;
    await eventually('the list knows the schedule', async () => (await run(plan, without)).code === 4);
    expect(await run(plan, without)).toEqual({ code: 4, lines: [`delete ${line}`] });
    expect((await run(apply, without)).lines).toEqual([`deleted ${line}`]);
    expect(await run(plan, without)).toEqual(NOTHING);
    const open = await client.workflow.getHandle(started.workflow.workflowId).describe();
    expect(open.status.name).toBe('RUNNING');
    expect(open.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
      expect.arrayContaining([
        ['SextonPack', 'sla-monitoring'],
        ['SextonKind', 'job'],
        ['SextonName', JOB],
      ]),
    );
    expect((await client.schedule.getHandle('somebody-else').describe()).scheduleId).toBe('somebody-else');
    await client.workflow.getHandle(started.workflow.workflowId).terminate();
  });

  it('a search attribute of another type is refused with what to do', async () => {
    const other = new Client({ connection, namespace: await registerNamespace() });
    await connection.operatorService.addSearchAttributes({
      namespace: other.options.namespace,
      searchAttributes: { SextonState: 1 },
    });
    const context = {
      open: async () => ({ catalog: declared, client: other, close: async () => {} }),
      out: process.stdout,
      err: process.stderr,
    };
    await expect(plan(context, {})).rejects.toThrow(
      'search attribute SextonState exists with another type than Keyword',
    );
  });
});

describe('migrations of every folder', () => {
  it('sexton.now() is the default of the tables’ times, so that they follow the one clock', async () => {
    const database = declared.databases[0];
    const target = new pg.Client({ connectionString: database?.url });
    await target.connect();
    try {
      const { rows } = await target.query(
        `SELECT table_schema || '.' || table_name AS name, column_default FROM information_schema.columns
         WHERE table_schema IN ('public', 'sexton') AND column_default ILIKE '%now()%'
           AND column_default NOT ILIKE '%sexton.now()%'`,
      );
      expect(rows).toEqual([]);
    } finally {
      await target.end();
    }
  });
});
