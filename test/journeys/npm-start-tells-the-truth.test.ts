// What `npm start -- --once --json` says is recomputed here from Postgres, Redis, Temporal and the blob store that it
// brings along; and when a worker skips a batch, it must not say yes.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlobStore } from '../../src/adapters/blob-store.ts';
import { blobSettings, useBlobApi } from '../../src/config/blob.ts';
import { withAnnouncedStack } from '../../src/local/embedded-env.ts';
import { type FakeBlob, startFakeBlob } from '../../src/local/fakes/blob.ts';
import { type FakeSlack, startFakeSlack } from '../../src/local/fakes/slack.ts';
import { eventually } from '../support/eventually.ts';
import { JOBS, type JobName, SEEDED } from '../support/jobs/seeded-jobs.ts';
import { npmStartOnce } from '../support/programs/npm-start.ts';
import { oneOf, openWitnesses, type Witnesses } from '../support/programs/witnesses.ts';

let there: Witnesses;
let slack: FakeSlack;
/** A store that somebody states. */
let stated: FakeBlob;
beforeAll(async () => {
  slack = await startFakeSlack();
  stated = await startFakeBlob();
  there = await openWitnesses({ SLACK_WEBHOOK_URL: slack.webhookUrl });
});
afterAll(async () => {
  await there.close();
  await slack.close();
  await stated.close();
});

/** The files in the store that `npm start` brought along, as a second terminal finds it, once the PDFs are gone. */
const filesLeft = (): Promise<string[]> =>
  eventually(
    'the PDFs are gone and the store is announced',
    async () => {
      const announced = withAnnouncedStack({});
      const settings = blobSettings(announced);
      // This stack is not `npm start`'s own; one that is belongs to somebody else in this folder.
      if (!settings || announced['SLA_MONITORING__DATABASE_URL'] !== undefined) return false;
      const gone = await there.one(
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

// One file for all: what runs in a folder is announced there, so that only one may run at a time.
describe('npm start -- --once --json', () => {
  it('says yes, and every figure it prints is true', LONG, async () => {
    const [{ code, report, stderr }, files] = await Promise.all([npmStartOnce(there.env), filesLeft()]);
    expect(report.ok).toBe(true);
    expect(code).toBe(0);
    expect(Object.keys(report.stack).toSorted()).toEqual(['postgres', 'redis', 'temporal']);
    expect(report.jobs.map(({ name }) => name)).toEqual(JOBS);
    expect(report.leftOut).toEqual([]);
    for (const job of report.jobs) {
      const { problems, ...figures } = job;
      expect(problems).toEqual([]);
      expect(figures).toEqual(await there.recompute(job));
      const { due, batch } = SEEDED[figures.name as JobName];
      const objects = figures.name === 'cleanup_pdfs' ? due : 0;
      expect(figures).toMatchObject({ eligible: due, deleted: due, objects, remaining: 0 });
      // No batch is larger than declared, and each batch of rows is followed by one of files.
      expect(figures.batches).toBeGreaterThanOrEqual(Math.ceil(due / batch) + Math.ceil(objects / batch));
      // By the instants of the audit rows as well: what the run says it took is what passed between them.
      const span = await oneOf(
        there.databaseOf(figures.name as JobName),
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
    expect(files.toSorted()).toEqual((await there.namedFiles()).toSorted());
    expect(stderr).toMatch(
      /cleanup_pdfs: 2,500 files gone .*the store asked to wait (once|\d+ times) \(429\)/,
    );
    const told = report.incident;
    if (!told) throw new Error('the second half was not told');
    const { problems, ...incident } = told;
    expect(problems).toEqual([]);
    expect(incident).toEqual(await there.recomputeIncident(told));
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
    const redis = new Redis(String(there.env['REDIS_URL']));
    expect(await redis.keys('lock:*')).toEqual([]);
    redis.disconnect();
  });

  it('refuses to seed tables that already hold rows, and changes nothing', LONG, async () => {
    const count = () => there.one('SELECT count(*)::int AS n, max(created_at) AS newest FROM quiz_responses');
    const before = await count();
    await expect(npmStartOnce(there.env)).rejects.toThrow(
      /holds 42000 rows; the demo seeds empty tables only/,
    );
    expect(await count()).toEqual(before);
  });

  it(
    'says no, and why, with a worker that skips one batch; and leaves a store alone that is stated',
    LONG,
    async () => {
      await there.forgetSchedules();
      for (const name of JOBS) await there.databaseOf(name).query(`TRUNCATE ${SEEDED[name].table}`);
      const preload = `--import ${new URL('../support/jobs/lying-batch.mjs', import.meta.url).href}`;
      const store = { BLOB_READ_WRITE_TOKEN: stated.token, VERCEL_BLOB_API_URL: stated.url };
      const { code, report, stderr } = await npmStartOnce({ ...there.env, ...store, NODE_OPTIONS: preload });
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
      expect(await there.namedFiles()).toHaveLength(20_000);
      expect(stated.calls()).toEqual([]);
    },
  );
});
