// An operator's desk: the command line in this process, on real servers with every queue served, and jobs of the test's
// own, each with a table, a name and a lock to itself.
import type { Command } from 'commander';
import pg from 'pg';
import type { SliceInput, SliceResult } from '../../../src/activities/slice/slice.ts';
import { createRedisLock, type RedisLock } from '../../../src/adapters/redis-lock.ts';
import { startRun } from '../../../src/adapters/temporal/start-run.ts';
import type { Catalog, CatalogJob } from '../../../src/catalog/catalog.ts';
import type { CommandContext } from '../../../src/client/context.ts';
import { jobId } from '../../../src/domain/ids.ts';
import type { JobSnapshot, RunRequest } from '../../../src/domain/jobs/job.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { type Bell, openBell } from '../alerts/escalation-worker.ts';
import type { Engine } from '../engine.ts';
import { aJob } from '../jobs/builders.ts';
import { redisUrl, unique } from '../stack.ts';
import type { CommandResult } from './command.ts';
import { type } from './typing.ts';

type Register = (program: Command, context: CommandContext) => void;

export interface Desk {
  readonly bell: Bell;
  readonly db: pg.Pool;
  readonly catalog: Catalog;
  readonly lock: RedisLock;
  /** Declares a job with so many rows to clean; its batches hold five. */
  readonly declare: (rows: number, change?: Partial<JobSnapshot>) => Promise<CatalogJob>;
  /** Keeps the job's slices from their first batch until what it returns is called. */
  readonly hold: (job: CatalogJob) => () => void;
  readonly start: (job: CatalogJob, request?: RunRequest) => ReturnType<typeof startRun>;
  /** `sexton …args`, as a person would type it. */
  readonly sexton: (...args: string[]) => Promise<CommandResult>;
  /** Rows of the job's table. */
  readonly rowsOf: (job: CatalogJob) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Nothing of a run that a test holds on to ends by itself while the test looks at it. */
const PATIENT = { ...DEFAULT_SETTINGS, leaseSeconds: 120, heartbeatSeconds: 60, sliceSeconds: 120 };

/** `wrap` puts something else in the place of activities. */
export const openDesk = async (
  registers: readonly Register[],
  wrap: (activities: Engine['activities']) => object = (all) => all,
): Promise<Desk> => {
  const gates = new Map<string, Promise<void>>();
  const bell = await openBell((all) => {
    const slice = async (input: SliceInput): Promise<SliceResult> => {
      await gates.get(input.job.name);
      return all.slice(input);
    };
    return wrap({ ...all, slice });
  });
  const { url, db } = bell.engine;
  const lock = createRedisLock(redisUrl());
  const jobs: CatalogJob[] = [];
  const catalog: Catalog = {
    profile: 'development',
    packs: [],
    jobs,
    monitors: [],
    checks: [],
    policies: [],
    runbooks: [],
    checklists: [],
    commands: [],
    metrics: [],
    dashboards: [],
    reports: [],
    digests: [],
    directory: { roles: {}, people: {}, rotations: {} },
    settings: DEFAULT_SETTINGS,
    databases: [{ pack: 'test-pack', name: 'app', url }],
    variables: [],
    variableStates: [],
    home: { url },
    redisUrl: redisUrl(),
  };
  let leave = (): void => {};
  const served = bell.serving(
    () =>
      new Promise<void>((resolve) => {
        leave = resolve;
      }),
  );
  served.catch(() => {});

  return {
    bell,
    db,
    catalog,
    lock,
    declare: async (rows, change = {}) => {
      const name = unique('cleanup');
      const snapshot = aJob({
        name,
        table: name,
        lockKey: `lock:cleanup:${name}`,
        settings: PATIENT,
        ...change,
      });
      await db.query(`CREATE TABLE public.${name} (LIKE public.link INCLUDING ALL)`);
      await db.query(
        `INSERT INTO public.${name} (expires_at)
         SELECT sexton.now() - make_interval(hours => 48, secs => n) FROM generate_series(1, $1) n`,
        [rows],
      );
      const job = { id: jobId('test-pack', name), pack: 'test-pack', name, schedule: '10 4 * * *', snapshot };
      jobs.push(job);
      return job;
    },
    hold: ({ name }) => {
      let free = (): void => {};
      gates.set(
        name,
        new Promise<void>((resolve) => {
          free = resolve;
        }),
      );
      return free;
    },
    start: (job, request = {}) => startRun(bell.client, job.snapshot, { by: 'test', ...request }),
    sexton: (...args) => type(registers, { catalog, client: bell.client }, args),
    rowsOf: async ({ name }) =>
      (await db.query(`SELECT count(*)::int AS n FROM public.${pg.escapeIdentifier(name)}`)).rows[0].n,
    close: async () => {
      leave();
      await served.catch(() => {});
      await lock.close();
      await bell.close();
    },
  };
};
