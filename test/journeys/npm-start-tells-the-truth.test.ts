// What `npm start -- --once --json` says is recomputed here from Postgres, Redis and Temporal; and when a worker
// skips a batch, it must not say yes.
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient, temporalAddress } from '../../src/adapters/temporal/connect.ts';
import type { Env } from '../../src/config/env.ts';
import type { PolicySnapshot } from '../../src/domain/policy.ts';
import { type FakeSlack, startFakeSlack } from '../../src/local/fakes/slack.ts';
import type { Stack } from '../../src/local/stack.ts';
import type { IncidentReport } from '../../src/local/story/incident.ts';
import type { JobReport } from '../../src/local/story/verify.ts';
import { openGround } from '../support/house.ts';
import { npmStartOnce } from '../support/npm-start.ts';

let stack: Stack;
let env: Env;
let target: pg.Client;
let slack: FakeSlack;
beforeAll(async () => {
  slack = await startFakeSlack();
  const ground = await openGround();
  stack = ground.stack;
  env = { ...ground.env, SLACK_WEBHOOK_URL: slack.webhookUrl };
  target = new pg.Client({ connectionString: env['SLA_MONITORING__DATABASE_URL'] });
  await target.connect();
});
afterAll(async () => {
  await target.end();
  await slack.close();
  await stack.stop();
});

const one = async (sql: string, ...values: unknown[]): Promise<Record<string, unknown>> =>
  (await target.query(sql, values)).rows[0];

/** Every field of a job's report, from the witnesses and not from the report. */
const recompute = async ({ runId, workflowId }: JobReport): Promise<Omit<JobReport, 'problems'>> => {
  const ledger = await one(
    'SELECT sum(deleted)::int AS deleted, count(*)::int AS batches FROM sexton.ledger WHERE run_id = $1',
    runId,
  );
  const { rows: audit } = await target.query(
    'SELECT action, metadata, "timestamp" FROM sexton.audit_log WHERE run_id = $1 ORDER BY id',
    [runId],
  );
  const cutoff = audit[0].metadata.cutoff;
  const table = await one(
    'SELECT count(*)::int AS rows, (count(*) FILTER (WHERE expires_at < $1))::int AS old FROM magic_link_tokens',
    cutoff,
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
  expect(description.raw.workflowExecutionInfo?.firstRunId).toBe(runId);
  expect(description.status.name).toBe('COMPLETED');
  return {
    name: job.name,
    runId,
    workflowId,
    // 120,000 were seeded (SLA-11): what is not there any more was due.
    eligible: 120_000 - Number(table['rows']),
    deleted: Number(ledger['deleted']),
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

describe('npm start -- --once --json', () => {
  it('says yes, and every figure it prints is true', async () => {
    const { code, report } = await npmStartOnce(env);
    expect(report.ok).toBe(true);
    expect(code).toBe(0);
    expect(Object.keys(report.stack).toSorted()).toEqual(['postgres', 'redis', 'temporal']);
    expect(report.jobs).toHaveLength(1);
    for (const job of report.jobs) {
      const { problems, ...figures } = job;
      expect(problems).toEqual([]);
      expect(figures).toEqual(await recompute(job));
      expect(figures).toMatchObject({ eligible: 30_000, deleted: 30_000, remaining: 0 });
      // By the instants of the audit rows as well: what the run says it took is what passed between them.
      const span = await one(
        `SELECT extract(epoch FROM max("timestamp") - min("timestamp"))::float8 AS seconds
         FROM sexton.audit_log WHERE run_id = $1`,
        job.runId,
      );
      expect(Math.abs(Number(span['seconds']) - figures.durationSeconds)).toBeLessThan(0.5);
      expect(figures.utilizationPercent).toBeCloseTo((figures.durationSeconds / 300) * 100, 0);
    }
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

  it('refuses to seed tables that already hold rows, and changes nothing', async () => {
    const before = await one('SELECT count(*)::int AS n FROM magic_link_tokens');
    await expect(npmStartOnce(env)).rejects.toThrow(/holds 90000 rows; the demo seeds empty tables only/);
    expect(await one('SELECT count(*)::int AS n FROM magic_link_tokens')).toEqual(before);
  });

  it('says no, and why, with a worker that skips one batch', async () => {
    await target.query('TRUNCATE magic_link_tokens');
    const preload = `--import ${new URL('../support/lying-batch.mjs', import.meta.url).href}`;
    const { code, report } = await npmStartOnce({ ...env, NODE_OPTIONS: preload });
    expect(code).toBe(1);
    expect(report.ok).toBe(false);
    expect(report.jobs[0]?.problems.join('\n')).toMatch(
      /rows in the ledger, against rows gone: 31000, expected 30000/,
    );
  });
});
