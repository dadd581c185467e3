// Servers of a journey's own that `npm start` runs on, and what Postgres and Temporal say of what it did there: every
// figure of its report is recomputed here, and never from the report.
import pg from 'pg';
import { expect } from 'vitest';
import { connectClient, temporalAddress } from '../../../src/adapters/temporal/connect.ts';
import type { Env } from '../../../src/config/env.ts';
import type { PolicySnapshot } from '../../../src/domain/alerts/policy.ts';
import type { IncidentReport } from '../../../src/local/story/incident.ts';
import type { JobReport } from '../../../src/local/story/verify.ts';
import { type JobName, SEEDED, type Seeded } from '../jobs/seeded-jobs.ts';
import { openGround } from './house.ts';

interface Ground {
  readonly env: Env;
  /** Where the job works, and what it leaves of itself. */
  readonly databaseOf: (name: JobName) => pg.Client;
}

export interface Witnesses extends Ground {
  /** One row of the database of sla-monitoring. */
  readonly one: (sql: string) => Promise<Record<string, unknown>>;
  readonly recompute: (report: JobReport) => Promise<Omit<JobReport, 'problems'>>;
  readonly recomputeIncident: (report: IncidentReport) => Promise<Omit<IncidentReport, 'problems'>>;
  /** Paths of the files that rows name. */
  readonly namedFiles: () => Promise<string[]>;
  /** What `npm start` applied at its end starts nothing beside the next one, whatever the hour. */
  readonly forgetSchedules: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export const oneOf = async (
  db: pg.Client,
  sql: string,
  ...values: unknown[]
): Promise<Record<string, unknown>> => (await db.query(sql, values)).rows[0];

/** Rows that are no longer what a run of the job takes, and those that still are. */
const tableOf = (own: pg.Client, name: JobName, cutoff: string): Promise<Record<string, unknown>> => {
  const { table, rows, age, where = 'true' }: Seeded = SEEDED[name];
  const old = `${age} < $1 AND (${where})`;
  return name === 'cleanup_pdfs'
    ? oneOf(
        own,
        `SELECT (count(*) FILTER (WHERE ${old} AND pdf_blob_path IS NULL AND pdf_deleted_at IS NOT NULL))::int AS gone,
           (count(*) FILTER (WHERE ${old} AND pdf_blob_path IS NOT NULL))::int AS old FROM ${table}`,
        cutoff,
      )
    : oneOf(
        own,
        `SELECT ${rows} - count(*)::int AS gone, (count(*) FILTER (WHERE ${old}))::int AS old FROM ${table}`,
        cutoff,
      );
};

/** Every field of a job's report, from the witnesses and not from the report. */
const recompute = async (
  { env, databaseOf }: Ground,
  { name, runId, workflowId }: JobReport,
): Promise<Omit<JobReport, 'problems'>> => {
  const own = databaseOf(name as JobName);
  const ledger = await oneOf(
    own,
    `SELECT sum(deleted)::int AS deleted, sum(objects)::int AS objects, count(*)::int AS batches
     FROM sexton.ledger WHERE run_id = $1`,
    runId,
  );
  const { rows: audit } = await own.query(
    'SELECT action, metadata, "timestamp" FROM sexton.audit_log WHERE run_id = $1 ORDER BY id',
    [runId],
  );
  const terminal = audit.at(-1);
  const home = new pg.Client({ connectionString: env['SEXTON_DATABASE_URL'] });
  await home.connect();
  const {
    rows: [row],
  } = await home.query('SELECT strategy FROM sexton.run WHERE run_id = $1', [runId]);
  await home.end();
  const { client, close } = await connectClient(temporalAddress(env));
  const description = await client.workflow.getHandle(workflowId).describe();
  const utilization = description.typedSearchAttributes
    .getAll()
    .find(({ key }) => key.name === 'SextonUtilization');
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  await close();
  const { job } = JSON.parse(Buffer.from(input ?? []).toString());
  const table = await tableOf(own, job.name, audit[0].metadata.cutoff);
  expect(description.raw.workflowExecutionInfo?.firstRunId).toBe(runId);
  expect(description.status.name).toBe('COMPLETED');
  return {
    name: job.name,
    runId,
    workflowId,
    eligible: Number(table['gone']),
    deleted: Number(ledger['deleted']),
    objects: Number(ledger['objects']),
    remaining: Number(table['old']),
    strategy: row.strategy,
    batches: Number(ledger['batches']),
    durationSeconds: terminal.metadata.duration_seconds,
    budgetSeconds: job.budgetSeconds,
    utilizationPercent: Number(utilization?.value),
    audit: audit.map(({ action }) => action),
  };
};

/** The incident's report, from Slack's own log and from Temporal's history. */
const recomputeIncident = async (
  { env }: Ground,
  { workflowId }: IncidentReport,
): Promise<Omit<IncidentReport, 'problems'>> => {
  const { client, close } = await connectClient(temporalAddress(env));
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  await close();
  const json = (payloads: { data?: Uint8Array | null }[] | null | undefined) =>
    JSON.parse(Buffer.from(payloads?.[0]?.data ?? []).toString());
  const all = events ?? [];
  const sends = all
    .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'send')
    .map((event) => json(event.activityTaskScheduledEventAttributes?.input?.payloads))
    .toSorted((a, b) => a.wake - b.wake || a.target.channel.localeCompare(b.target.channel));
  const news = all.flatMap((event) => {
    const attributes = event.workflowExecutionSignaledEventAttributes;
    return attributes?.signalName === 'observed' ? [json(attributes.input?.payloads)] : [];
  });
  const { firing, policy } = news.at(-1) as { firing: { severity: string }; policy: PolicySnapshot };
  const accepted = all.find((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
  const [{ by }] = [
    json(accepted?.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.args?.payloads),
  ];
  const told = new Set(
    sends
      .filter(({ notification }) => notification.severity === firing.severity)
      .map(({ notification }) => notification.tier),
  );
  return {
    workflowId,
    severity: firing.severity,
    notifications: sends.map(({ notification, target: { channel }, at }) => ({
      tier: notification.tier,
      channel,
      at,
    })),
    acknowledgedBy: by,
    tiersNotReached: policy.tiers.map(({ name }) => name).filter((name) => !told.has(name)),
  };
};

/** `more` is added to the environment of everything that is started there. */
export const openWitnesses = async (more: Env = {}): Promise<Witnesses> => {
  const { stack, env: own } = await openGround();
  const env = { ...own, ...more };
  const target = new pg.Client({ connectionString: env['SLA_MONITORING__DATABASE_URL'] });
  await target.connect();
  const drafts = new pg.Client({ connectionString: env['DRAFT_CLEANUP__DATABASE_URL'] });
  await drafts.connect();
  const databaseOf = (name: JobName): pg.Client => {
    const seeded: Seeded = SEEDED[name];
    return seeded.inDatabase === 'drafts' ? drafts : target;
  };
  const ground = { env, databaseOf };
  return {
    ...ground,
    one: (sql) => oneOf(target, sql),
    recompute: (report) => recompute(ground, report),
    recomputeIncident: (report) => recomputeIncident(ground, report),
    namedFiles: async () =>
      (
        await target.query('SELECT pdf_blob_path AS path FROM meal_plans WHERE pdf_blob_path IS NOT NULL')
      ).rows.map(({ path }): string => path),
    forgetSchedules: async () => {
      const { client, close } = await connectClient(temporalAddress(env));
      for await (const { scheduleId } of client.schedule.list())
        await client.schedule.getHandle(scheduleId).delete();
      await close();
    },
    close: async () => {
      await target.end();
      await drafts.end();
      await stack.stop();
    },
  };
};
