// A house whose main job breaks a small budget while it runs, or whose incidents a test fires itself, under a ladder of
// the test's own that tells every provider: those that take a key, those that can be asked, and those that can do neither.
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRun } from '../../../src/adapters/temporal/start-run.ts';
import type { RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import type { TierSnapshot } from '../../../src/domain/alerts/policy.ts';
import { RECONCILE_QUEUE } from '../../../src/domain/ids.ts';
import type { Band, JobAlerts } from '../../../src/domain/jobs/job.ts';
import type { ReconcileSettings } from '../../../src/domain/reconcile.ts';
import type { EngineSettings } from '../../../src/domain/settings.ts';
import type { Notice } from '../../support/alerts/collector.ts';
import { aPolicy, aRule } from '../../support/alerts/policies.ts';
import { eventually } from '../../support/eventually.ts';
import { type House, openHouse, type WorkerProcess } from '../../support/programs/house.ts';
import { unique } from '../../support/stack.ts';
import { BLIND, type Providers, startProviders, TARGETS } from './providers.ts';

/** Where a worker kills itself; see dying.mjs. */
export type Point = 'after the commit of observe' | 'before the mark';

export interface Incident {
  readonly number: number;
  readonly workflowId: string;
  readonly firstFiredMs: number;
}

export interface Siren {
  readonly house: House;
  readonly providers: Providers;
  /** Starts a worker that dies at the point that `dieAt` names, or stands still where `holdFile` says so, if ever. */
  readonly worker: () => WorkerProcess;
  readonly dieAt: (point: Point) => void;
  /** See holds.ts. */
  readonly holdFile: string;
  /** What was told of a rule's incidents, or under a degraded ladder's own id, as the providers took it. */
  readonly notices: (...incidents: readonly string[]) => Promise<readonly Notice[]>;
  /** A run at a crawl, so that it lasts, with a budget of three seconds. */
  readonly run: (options: RunOptions) => Promise<Awaited<ReturnType<typeof startRun>>>;
  readonly incident: (rule: RuleSnapshot) => Promise<Incident>;
  /** Every ladder that an incident of the rule has, or that tells of one, or that the run rang by itself. */
  readonly ladders: (rule: RuleSnapshot, runId?: string) => Promise<number>;
  /** Keys of messages that went out again with nobody to ask, and of those that are reported as possible doubles. */
  readonly possibleDoubles: (
    number: number,
  ) => Promise<{ readonly again: readonly string[]; readonly counted: readonly string[] }>;
  /** Reconciles again and again until the returned function is called. */
  readonly reconciling: (everyMs: number, settings?: Partial<ReconcileSettings>) => () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface RunOptions {
  readonly rule: RuleSnapshot;
  readonly settings?: Partial<EngineSettings>;
  readonly bands?: readonly (Band & { readonly abovePercent: number })[];
}

export const band = (severity: 'warning' | 'critical', abovePercent: number) => ({
  severity,
  severityWord: severity.toUpperCase(),
  alertType: `sla_breach_${severity}`,
  recommendedAction: 'look',
  abovePercent,
});

/** A rule of its own, so that no incident meets another test's; each tier tells every provider. */
export const aSirenRule = (...afterSeconds: readonly [number, ...number[]]): RuleSnapshot => {
  const tier = (after: number, place: number): TierSnapshot => ({
    name: `tier ${place + 1}`,
    afterSeconds: after,
    notify: TARGETS,
  });
  const [first, ...more] = afterSeconds;
  const policy = aPolicy({
    tiers: [tier(first, 0), ...more.map((after, place) => tier(after, place + 1))],
    people: {},
  });
  const name = unique('rule');
  return aRule({ pack: 'sla-monitoring', name, routes: { warning: policy, critical: policy } });
};

const ROWS_PER_SECOND = 60;

export const openSiren = async (options: { readonly temporalDbFile?: boolean } = {}): Promise<Siren> => {
  const [house, providers] = await Promise.all([openHouse({}, options), startProviders()]);
  await house.seed();
  const dieFile = join(tmpdir(), unique('die'));
  const holdFile = join(tmpdir(), unique('hold'));
  const env = {
    ...providers.env,
    DIE_FILE: dieFile,
    HOLD_FILE: holdFile,
    NODE_OPTIONS: `--import ${new URL('dying.mjs', import.meta.url).href}`,
  };
  const workers: WorkerProcess[] = [];
  const collector = providers.collector(() => workers);
  const { client, home } = house;

  return {
    house,
    providers,
    holdFile,
    worker: () => {
      const started = house.worker(env);
      workers.push(started);
      return started;
    },
    dieAt: (point) => writeFileSync(dieFile, point),
    notices: async (...incidents) =>
      (await collector.notices()).filter(({ incident }) =>
        incidents.some((each) => incident.startsWith(each)),
      ),
    run: async ({ rule, settings, bands = [band('critical', 100)] }) => {
      const { snapshot } = house.job('cleanup_magic_links');
      const alerts: JobAlerts = { budget: { rule, bands } };
      const quick = { heartbeatSeconds: 4, sliceSeconds: 3, leaseSeconds: 15, ...settings };
      const job = { ...snapshot, settings: { ...snapshot.settings, ...quick }, alerts };
      return startRun(client, job, { by: 'test', budgetSeconds: 3, rowsPerSecond: ROWS_PER_SECOND });
    },
    incident: (rule) =>
      eventually(
        'the incident',
        async () => {
          const { rows } = await home.query(
            `SELECT number::int, workflow_id AS "workflowId", extract(epoch FROM first_fired_at)::float8 * 1000 AS "firstFiredMs"
             FROM sexton.incident WHERE rule = $1`,
            [rule.name],
          );
          return rows[0];
        },
        { withinMs: 60_000 },
      ),
    ladders: async (rule, runId = 'none') => {
      const { rows } = await home.query('SELECT DISTINCT workflow_id FROM sexton.incident WHERE rule = $1', [
        rule.name,
      ]);
      const ids = new Set<string>(rows.map(({ workflow_id }) => workflow_id));
      const query = "WorkflowType = 'escalation' AND ExecutionStatus = 'Running'";
      const own = async (workflowId: string): Promise<boolean> => {
        const state = await client.workflow
          .getHandle(workflowId)
          .query<{ incident: { id: string } }>('state');
        return state.incident.id.includes(`/${rule.name}/`) || workflowId.includes(runId);
      };
      for await (const { workflowId } of client.workflow.list({ query }))
        if (await own(workflowId)) ids.add(workflowId);
      return ids.size;
    },
    possibleDoubles: async (number) => {
      const { rows } = await home.query(
        `SELECT key, claims > 1 AS again, coalesce(receipt ->> 'possiblyDoubled' = 'true', false) AS counted
         FROM sexton.outbox WHERE incident = $1 AND concat_ws(':', channel, nullif(address, '')) = ANY($2) ORDER BY key`,
        [number, BLIND],
      );
      const keysWhere = (flag: 'again' | 'counted'): readonly string[] =>
        rows.filter((row) => row[flag] === true).map(({ key }) => key);
      return { again: keysWhere('again'), counted: keysWhere('counted') };
    },
    reconciling: (everyMs, settings = {}) => {
      const stop = new AbortController();
      const tick = () =>
        client.workflow.execute('reconcile', {
          taskQueue: RECONCILE_QUEUE,
          workflowId: unique('reconcile'),
          args: [settings],
        });
      const loop = async (): Promise<void> => {
        while (!stop.signal.aborted) {
          await tick().catch(() => {});
          await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {});
        }
      };
      const done = loop();
      return async () => {
        stop.abort();
        await done;
      };
    },
    close: async () => {
      for (const file of [dieFile, holdFile, `${holdFile}.held`]) rmSync(file, { force: true });
      await house.close();
      await providers.close();
    },
  };
};

/** Messages that came again, where each key should come once a target. */
export const doublesOf = (notices: readonly Notice[]): readonly Notice[] => {
  const seen = new Set<string>();
  return notices.filter(({ key, channel, address }) => {
    const id = `${key}|${channel}|${address}`;
    if (seen.has(id)) return true;
    seen.add(id);
    return false;
  });
};

/** Tiers that reached every target. */
export const tiersOf = (notices: readonly Notice[]): readonly string[] => {
  const names = [...new Set(notices.map(({ tier }) => tier))].toSorted();
  return names.filter((name) => {
    const at = notices
      .filter(({ tier }) => tier === name)
      .map(({ channel, address }) => `${channel}:${address}`);
    return new Set(at).size === TARGETS.length;
  });
};
