// What `npm start -- --once --json` says is recomputed here from Postgres, Redis, Temporal and the blob store that it
// brings along; and when a worker skips a batch, it must not say yes.
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../src/adapters/blob-store.ts';
import { connectClient, temporalAddress } from '../../src/adapters/temporal/connect.ts';
import { blobSettings, useBlobApi } from '../../src/config/blob.ts';
import type { Env } from '../../src/config/env.ts';
import type { PolicySnapshot } from '../../src/domain/alerts/policy.ts';
import { withAnnouncedStack } from '../../src/local/embedded-env.ts';
import { type FakeBlob, startFakeBlob } from '../../src/local/fakes/blob.ts';
import { type FakeSlack, startFakeSlack } from '../../src/local/fakes/slack.ts';
import type { Stack } from '../../src/local/stack.ts';
import type { IncidentReport } from '../../src/local/story/incident.ts';
import type { JobReport } from '../../src/local/story/verify.ts';
import { eventually } from '../support/eventually.ts';
import { openGround } from '../support/house.ts';
import { npmStartOnce } from '../support/npm-start.ts';

let stack: Stack;
let env: Env;
/** The database of sla-monitoring, and that of draft-cleanup. */
let target: pg.Client;
let drafts: pg.Client;
let slack: FakeSlack;
/** A store that somebody states. */
let stated: FakeBlob;
beforeAll(async () => {
  slack = await startFakeSlack();
  stated = await startFakeBlob();
  const ground = await openGround();
  stack = ground.stack;
  env = { ...ground.env, SLACK_WEBHOOK_URL: slack.webhookUrl };
  target = new pg.Client({ connectionString: env['SLA_MONITORING__DATABASE_URL'] });
  await target.connect();
  drafts = new pg.Client({ connectionString: env['DRAFT_CLEANUP__DATABASE_URL'] });
  await drafts.connect();
});
afterAll(async () => {
  await target.end();
  await drafts.end();
  await slack.close();
  await stated.close();
  await stack.stop();
});

const oneOf = async (db: pg.Client, sql: string, ...values: unknown[]): Promise<Record<string, unknown>> =>
  (await db.query(sql, values)).rows[0];

const one = (sql: string, ...values: unknown[]): Promise<Record<string, unknown>> =>
  oneOf(target, sql, ...values);

interface Seeded {
  readonly table: string;
  readonly rows: number;
  readonly due: number;
  readonly age: string;
  readonly batch: number;
  /** The job's own, if it has one. */
  readonly where?: string;
  /** Default: that of sla-monitoring. */
  readonly inDatabase?: 'drafts';
}

/** What each job is held against: its table, how many rows were seeded there (SLA-11), its age, its batch. */
const SEEDED = {
  cleanup_quiz_responses: {
    table: 'quiz_responses',
    rows: 50_000,
    due: 8_000,
    age: 'created_at',
    batch: 1_000,
  },
  cleanup_pdfs: { table: 'meal_plans', rows: 20_000, due: 2_500, age: 'pdf_generated_at', batch: 100 },
  cleanup_magic_links: {
    table: 'magic_link_tokens',
    rows: 120_000,
    due: 30_000,
    age: 'expires_at',
    batch: 1_000,
  },
  cleanup_blacklist: { table: 'email_blacklist', rows: 5_000, due: 200, age: 'expires_at', batch: 500 },
  // A quiet day: twelve drafts and 300 published courses, and nothing overdue.
  'cleanup-old-drafts-hourly': {
    table: 'courses',
    rows: 312,
    due: 0,
    age: 'created_at',
    batch: 500,
    where: "status = 'draft' AND generation_status IS NULL",
    inDatabase: 'drafts',
  },
} as const satisfies Record<string, Seeded>;

type JobName = keyof typeof SEEDED;

const JOBS = Object.keys(SEEDED) as JobName[];

/** Where the job works, and what it leaves of itself. */
const databaseOf = (name: JobName): pg.Client => {
  const seeded: Seeded = SEEDED[name];
  return seeded.inDatabase === 'drafts' ? drafts : target;
};

/** Rows that are no longer what a run of the job takes, and those that still are. */
const tableOf = (name: JobName, cutoff: string): Promise<Record<string, unknown>> => {
  const { table, rows, age, where = 'true' }: Seeded = SEEDED[name];
  const old = `${age} < $1 AND (${where})`;
  return name === 'cleanup_pdfs'
    ? oneOf(
        databaseOf(name),
        `SELECT (count(*) FILTER (WHERE ${old} AND pdf_blob_path IS NULL AND pdf_deleted_at IS NOT NULL))::int AS gone,
           (count(*) FILTER (WHERE ${old} AND pdf_blob_path IS NOT NULL))::int AS old FROM ${table}`,
        cutoff,
      )
    : oneOf(
        databaseOf(name),
        `SELECT ${rows} - count(*)::int AS gone, (count(*) FILTER (WHERE ${old}))::int AS old FROM ${table}`,
        cutoff,
      );
};

/** Every field of a job's report, from the witnesses and not from the report. */
const recompute = async ({ name, runId, workflowId }: JobReport): Promise<Omit<JobReport, 'problems'>> => {
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
  const table = await tableOf(job.name, audit[0].metadata.cutoff);
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
const recomputeIncident = async ({
  workflowId,
}: IncidentReport): Promise<Omit<IncidentReport, 'problems'>> => {
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

const namedFiles = async (): Promise<string[]> =>
  (
    await target.query('SELECT pdf_blob_path AS path FROM meal_plans WHERE pdf_blob_path IS NOT NULL')
  ).rows.map(({ path }): string => path);

/** The files in the store that `npm start` brought along, as a second terminal finds it, once the PDFs are gone. */
const filesLeft = (): Promise<string[]> =>
  eventually(
    'the PDFs are gone and the store is announced',
    async () => {
      const announced = withAnnouncedStack({});
      const settings = blobSettings(announced);
      // This stack is not `npm start`'s own; one that is belongs to somebody else in this folder.
      if (!settings || announced['SLA_MONITORING__DATABASE_URL'] !== undefined) return false;
      const gone = await one(
        `SELECT count(*) FILTER (WHERE pdf_deleted_at IS NOT NULL) = 2500
           AND NOT EXISTS (SELECT 1 FROM sexton.tombstone) AS yes FROM meal_plans`,
      );
      if (!gone['yes']) return false;
      useBlobApi(settings);
      const store = createBlobStore(settings);
      const files: string[] = [];
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await store.list(cursor === undefined ? {} : { cursor });
        files.push(...page.objects.map(({ path }) => path));
        cursor = page.cursor;
      }
      return files;
    },
    { withinMs: 120_000, everyMs: 200 },
  );

/** The servers, the story, and other tests that want the same two cores. */
const LONG = { timeout: 150_000 };

describe('npm start -- --once --json', () => {
  it('says yes, and every figure it prints is true', LONG, async () => {
    const [{ code, report, stderr }, files] = await Promise.all([npmStartOnce(env), filesLeft()]);
    expect(report.ok).toBe(true);
    expect(code).toBe(0);
    expect(Object.keys(report.stack).toSorted()).toEqual(['postgres', 'redis', 'temporal']);
    expect(report.jobs.map(({ name }) => name)).toEqual(JOBS);
    expect(report.leftOut).toEqual([]);
    for (const job of report.jobs) {
      const { problems, ...figures } = job;
      expect(problems).toEqual([]);
      expect(figures).toEqual(await recompute(job));
      const { due, batch } = SEEDED[figures.name as JobName];
      const objects = figures.name === 'cleanup_pdfs' ? due : 0;
      expect(figures).toMatchObject({ eligible: due, deleted: due, objects, remaining: 0 });
      // No batch is larger than declared, and each batch of rows is followed by one of files.
      expect(figures.batches).toBeGreaterThanOrEqual(Math.ceil(due / batch) + Math.ceil(objects / batch));
      // By the instants of the audit rows as well: what the run says it took is what passed between them.
      const span = await oneOf(
        databaseOf(figures.name as JobName),
        `SELECT extract(epoch FROM max("timestamp") - min("timestamp"))::float8 AS seconds
         FROM sexton.audit_log WHERE run_id = $1`,
        job.runId,
      );
      expect(Math.abs(Number(span['seconds']) - figures.durationSeconds)).toBeLessThan(0.5);
      expect(figures.utilizationPercent).toBeCloseTo(
        (figures.durationSeconds / figures.budgetSeconds) * 100,
        0,
      );
    }
    // Exactly the 2,500 files are gone: what is left is what rows name.
    expect(files).toHaveLength(17_500);
    expect(files.toSorted()).toEqual((await namedFiles()).toSorted());
    expect(stderr).toMatch(
      /cleanup_pdfs: 2,500 files gone .*the store asked to wait (once|\d+ times) \(429\)/,
    );
    const told = report.incident;
    if (!told) throw new Error('the second half was not told');
    const { problems, ...incident } = told;
    expect(problems).toEqual([]);
    expect(incident).toEqual(await recomputeIncident(told));
    expect(incident).toMatchObject({ severity: 'critical', tiersNotReached: ['response', 'page-on-call'] });
    // Slack took one message a wake, each soon after it, and not one after the acknowledgement.
    const inSlack = incident.notifications.filter(({ channel }) => channel === 'slack');
    expect(slack.messages.map(({ text }) => /tier ([\w-]+)/.exec(text)?.[1])).toEqual(
      inSlack.map(({ tier }) => tier),
    );
    for (const [place, { at }] of slack.messages.entries()) {
      const lateMs = Date.parse(at) - Date.parse(inSlack[place]?.at ?? '');
      expect(lateMs).toBeGreaterThanOrEqual(-1_000);
      expect(lateMs).toBeLessThan(10_000);
    }
    const redis = new Redis(String(env['REDIS_URL']));
    expect(await redis.keys('lock:*')).toEqual([]);
    redis.disconnect();
  });

  it('refuses to seed tables that already hold rows, and changes nothing', LONG, async () => {
    const count = () => one('SELECT count(*)::int AS n, max(created_at) AS newest FROM quiz_responses');
    const before = await count();
    await expect(npmStartOnce(env)).rejects.toThrow(/holds 42000 rows; the demo seeds empty tables only/);
    expect(await count()).toEqual(before);
  });

  it(
    'says no, and why, with a worker that skips one batch; and leaves a store alone that is stated',
    LONG,
    async () => {
      for (const name of JOBS) await databaseOf(name).query(`TRUNCATE ${SEEDED[name].table}`);
      const preload = `--import ${new URL('../support/lying-batch.mjs', import.meta.url).href}`;
      const store = { BLOB_READ_WRITE_TOKEN: stated.token, VERCEL_BLOB_API_URL: stated.url };
      const { code, report, stderr } = await npmStartOnce({ ...env, ...store, NODE_OPTIONS: preload });
      expect(code).toBe(1);
      expect(report.ok).toBe(false);
      const wrong = report.jobs.flatMap(({ name, problems }) =>
        problems.map((problem) => `${name}: ${problem}`),
      );
      // Counted twice: by the batch that took nothing, and by the pass that found its rows again.
      expect(wrong).toContainEqual(
        expect.stringMatching(
          /^cleanup_magic_links: rows in the ledger, against rows gone: (30[1-9]\d\d|31\d{3}), expected 30000$/,
        ),
      );
      expect(wrong.filter((problem) => !problem.startsWith('cleanup_magic_links'))).toEqual([]);

      expect(report.leftOut).toEqual(['cleanup_pdfs']);
      expect(report.jobs.map(({ name }) => name)).toEqual(JOBS.filter((name) => name !== 'cleanup_pdfs'));
      expect(stderr).toContain('cleanup_pdfs left out: ');
      expect(await namedFiles()).toHaveLength(20_000);
      expect(stated.calls()).toEqual([]);
    },
  );
});
