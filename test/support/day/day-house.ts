// An installation of both packs for a day: one database, the real Temporal in a namespace of its own, Redis by a way that can be
// closed, a blob store, and every provider as a stand-in that takes what it is sent. Workers are built as `sexton worker`
// builds them; only two things are the day's: what Temporal tells of schedules goes by its clock, and it hears what is sent.
import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import pg from 'pg';
import { inject } from 'vitest';
import { draftCleanup } from '../../../packs/draft-cleanup/pack.ts';
import { slaMonitoring } from '../../../packs/sla-monitoring/pack.ts';
import config from '../../../sexton.config.ts';
import type { Channels } from '../../../src/activities/alerts/channels.ts';
import type { Dependencies } from '../../../src/activities/dependencies.ts';
import * as activitiesIn from '../../../src/activities/index.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { applyDifferences } from '../../../src/client/sync/sync.ts';
import { blobSettings } from '../../../src/config/blob.ts';
import { buildId } from '../../../src/config/build-id.ts';
import { channelSettings } from '../../../src/config/channels.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { HandOver } from '../../../src/domain/alerts/alert.ts';
import { workerIdentity } from '../../../src/domain/worker-identity.ts';
import { startFakeBlob } from '../../../src/local/fakes/blob.ts';
import { startFakePagerDuty } from '../../../src/local/fakes/pagerduty.ts';
import { startFakeSentry } from '../../../src/local/fakes/sentry.ts';
import { startFakeSlack } from '../../../src/local/fakes/slack.ts';
import { startFakeSmtp } from '../../../src/local/fakes/smtp.ts';
import { openDependencies } from '../../../src/worker/dependencies.ts';
import { queueTable } from '../../../src/worker/queues.ts';
import { connectTemporal, freshDatabase, freshNamespace } from '../stack.ts';
import { openRedisWay } from './redis-way.ts';

const startFakes = async () => {
  const [blob, slack, pagerDuty, sentry, smtp] = await Promise.all([
    startFakeBlob(),
    startFakeSlack({ channels: ['sla-alerts', 'backend', 'oncall'] }),
    startFakePagerDuty(),
    startFakeSentry(),
    startFakeSmtp(),
  ]);
  return { blob, slack, pagerDuty, sentry, smtp };
};

/** How fast this machine is while it does something else as well is no part of the day: no check warns of it. */
const patient = (catalog: Catalog): Catalog => ({
  ...catalog,
  checks: catalog.checks.map((check) => {
    const checks = check.snapshot.checks.map((each) => ({
      ...each,
      ...('warnAboveMs' in each.with && { with: { ...each.with, warnAboveMs: each.timeoutSeconds * 1000 } }),
    }));
    return { ...check, snapshot: { ...check.snapshot, checks } };
  }),
});

export type DayHouse = Awaited<ReturnType<typeof openDayHouse>>;

/** `listen` is put around the channels; `schedulesOf` stands in for what Temporal tells of schedules. */
export const openDayHouse = async ({
  backoffSeconds,
  listen,
  schedulesOf,
  quicker,
}: {
  readonly backoffSeconds: readonly number[];
  readonly listen: (channels: Channels) => Channels;
  /** Hears of what a run is about to hand over, before it does. */
  readonly quicker: (client: Client, found: readonly HandOver[]) => Promise<void>;
  readonly schedulesOf: (input: {
    readonly client: Client;
    readonly catalog: Catalog;
  }) => Promise<Client['schedule']>;
}) => {
  const [temporal, url, redis, fakes] = await Promise.all([
    connectTemporal(),
    freshDatabase('day'),
    openRedisWay(),
    startFakes(),
  ]);
  const namespace = await freshNamespace(temporal.client);
  const client = new Client({ connection: temporal.client.connection, namespace });
  const env = {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    BLOB_READ_WRITE_TOKEN: fakes.blob.token,
    VERCEL_BLOB_API_URL: fakes.blob.url,
    SLACK_WEBHOOK_URL: fakes.slack.webhookUrl,
    SLACK_BOT_TOKEN: fakes.slack.token,
    SLACK_API_URL: fakes.slack.apiUrl,
    PAGERDUTY_ROUTING_KEY: fakes.pagerDuty.routingKey,
    PAGERDUTY_API_URL: fakes.pagerDuty.apiUrl,
    SENTRY_DSN: fakes.sentry.dsn,
    SMTP_URL: fakes.smtp.url,
    EMAIL_FROM: 'sexton@example.org',
    RUNBOOK_BASE_URL: 'https://runbooks.example.org',
  };
  const declared = { ...config, packs: [slaMonitoring, draftCleanup], settings: { backoffSeconds } };
  const catalog = patient(assembleCatalog(checkConfig(declared, 'sexton.config.ts', env), env));
  await applyDifferences({ catalog, client, only: ['migration', 'search attribute'] });
  const schedule = await schedulesOf({ client, catalog });
  const { dependencies: opened, close } = openDependencies({
    catalog,
    client,
    channels: channelSettings(env),
    blobs: blobSettings(env),
    notices: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const dependencies: Dependencies = {
    ...opened,
    channels: listen(opened.channels),
    temporal: new Proxy(client, {
      get: (target, name) => (name === 'schedule' ? schedule : Reflect.get(target, name, target)),
    }),
  };
  const activities = {
    job: activitiesIn.createJobActivities(dependencies),
    cleanup: activitiesIn.createCleanupActivities(dependencies),
    watch: activitiesIn.createWatchActivities(dependencies),
    notify: activitiesIn.createNotifyActivities(dependencies),
    reconcile: activitiesIn.createReconcileActivities(dependencies),
  };
  const { observe } = activities.watch;
  const watch: typeof activities.watch = {
    ...activities.watch,
    observe: async (input) => {
      const found = await observe(input);
      await quicker(client, found);
      return found;
    },
  };
  const workers = await Promise.all(
    queueTable(catalog.databases).map(({ taskQueue, serves, workflows }) =>
      Worker.create({
        connection: temporal.native,
        namespace,
        taskQueue,
        identity: workerIdentity({ pid: process.pid, host: hostname(), build: buildId() }),
        activities: { ...activities, watch }[serves],
        ...(workflows && { workflowBundle: { codePath: inject('bundlePath') } }),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  const db = new pg.Pool({ connectionString: url, max: 4 });
  return {
    catalog,
    client,
    db,
    redis,
    fakes,
    activities,
    close: async (): Promise<void> => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(running);
      await Promise.allSettled([close(), db.end(), redis.close()]);
      await Promise.allSettled(Object.values(fakes).map((fake) => fake.close()));
      await temporal.close();
    },
  };
};
