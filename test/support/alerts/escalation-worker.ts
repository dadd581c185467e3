// The `escalation` workflow on the real server, in a namespace of its own, with the engine's real activities on real
// Postgres; only the channels are the test's.
import type { Client } from '@temporalio/client';
import { Client as TemporalClient } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type pg from 'pg';
import { inject } from 'vitest';
import type { Channels, Routed } from '../../../src/activities/alerts/channels.ts';
import type { Dependencies } from '../../../src/activities/dependencies.ts';
import { markHandedOver } from '../../../src/adapters/postgres/alerts/incidents.ts';
import { tellEscalation } from '../../../src/adapters/temporal/start-escalation.ts';
import type { HandOver, Report } from '../../../src/domain/alerts/alert.ts';
import {
  cleanupQueue,
  NOTIFY_QUEUE,
  ORCHESTRATION_QUEUE,
  RECONCILE_QUEUE,
  WATCH_QUEUE,
} from '../../../src/domain/ids.ts';
import { createEngine, type Engine } from '../engine.ts';
import { connectTemporal, freshNamespace } from '../stack.ts';

/** What reached people, in its order. */
interface Heard {
  readonly channel: string;
  readonly address: string;
  readonly tier: string;
  readonly key: string;
  readonly retry: boolean;
}

export interface Bell {
  readonly client: Client;
  readonly engine: Engine;
  readonly home: pg.Pool;
  readonly heard: Heard[];
  /** Replaces what channels do with a message; `undefined` puts them right again. */
  readonly onSend: (act: ((routed: Routed) => Promise<void>) | undefined) => void;
  /** Serves every queue while `work` runs; `codePath` is workflow code other than the suite's. */
  readonly serving: <T>(work: () => Promise<T>, codePath?: string) => Promise<T>;
  /** Observes and hands over, as any caller that is no workflow does. */
  readonly observe: (report: Report) => Promise<HandOver | undefined>;
  readonly close: () => Promise<void>;
}

type Activities = Engine['activities'];

/** `wrap` puts something else in the place of activities, for tests that fail, delay or script them. */
export const openBell = async (
  wrap: (activities: Activities) => object = (all) => all,
  given: Partial<Dependencies> = {},
): Promise<Bell> => {
  const temporal = await connectTemporal();
  const namespace = await freshNamespace(temporal.client);
  const client = new TemporalClient({ connection: temporal.client.connection, namespace });
  const heard: Heard[] = [];
  let act: ((routed: Routed) => Promise<void>) | undefined;
  const channels: Channels = {
    send: async (routed) => {
      await act?.(routed);
      const { target, notification, retry } = routed;
      heard.push({ ...target, tier: notification.tier, key: notification.key, retry });
      return {};
    },
    sendInstead: async ({ target, notification }) => {
      heard.push({
        channel: 'log',
        address: '',
        tier: notification.tier,
        key: notification.key,
        retry: false,
      });
      void target;
    },
  };
  const engine = await createEngine(client, { channels, ...given });
  return {
    client,
    engine,
    home: engine.db,
    heard,
    onSend: (next) => {
      act = next;
    },
    serving: (work, codePath = inject('bundlePath')) =>
      serve({ connection: temporal.native, namespace, activities: wrap(engine.activities), codePath }, work),
    observe: async (report) => {
      const [found] = await engine.run(engine.activities.observe, { reports: [report] });
      if (found && (await tellEscalation(client, found))) {
        await markHandedOver(engine.db, found.number, found.seq);
      }
      return found;
    },
    close: async () => {
      await engine.close();
      await temporal.close();
    },
  };
};

interface Served {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: object;
  readonly codePath: string;
}

const serve = async <T>({ codePath, ...common }: Served, work: () => Promise<T>): Promise<T> => {
  const workflowBundle = { codePath };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: ORCHESTRATION_QUEUE, workflowBundle }),
    Worker.create({ ...common, taskQueue: RECONCILE_QUEUE, workflowBundle }),
    Worker.create({ ...common, taskQueue: WATCH_QUEUE }),
    Worker.create({ ...common, taskQueue: NOTIFY_QUEUE }),
    Worker.create({ ...common, taskQueue: cleanupQueue('test-pack', 'app') }),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    return await work();
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
};

/** A report that the test's rule fires, or that it does not. */
export const aReport = (
  rule: Report['rule'],
  severity?: 'warning' | 'critical',
  change: Partial<Report> = {},
): Report => ({
  rule,
  labels: { job: 'cleanup_links' },
  subject: 'run-1',
  subjectAt: '2026-02-10T12:00:00.000000Z',
  ...(severity && {
    firing: {
      severity,
      severityWord: severity.toUpperCase(),
      alertType: `sla_breach_${severity}`,
      summary: 'cleanup_links used 102.8% of its time budget',
      facts: [['job', 'cleanup_links']],
      payload: { alert_type: `sla_breach_${severity}` },
    },
  }),
  ...change,
});
