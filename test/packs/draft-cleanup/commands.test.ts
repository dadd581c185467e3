// What operators of draft-cleanup type, on real Postgres and Redis: cleaning by hand, looking at rights, traffic and Redis, and
// limiting who creates too much.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { draftCleanup } from '../../../packs/draft-cleanup/pack.ts';
import { openPackDesk, type PackDesk } from '../../support/packs/pack-desk.ts';
import { connectTemporal, redisUrl } from '../../support/stack.ts';

const NOW = '2026-02-10T14:30:00.000Z';
/** A database of Redis that no other test uses. */
const REDIS = `${redisUrl()}/9`;
const LOCK = 'lock:cleanup:cleanup-old-drafts-hourly';

let desk: PackDesk;
let redis: Redis;
let temporal: Awaited<ReturnType<typeof connectTemporal>>;
beforeAll(async () => {
  temporal = await connectTemporal();
  desk = await openPackDesk({
    pack: draftCleanup,
    now: NOW,
    redis: REDIS,
    open: async () => ({ catalog: desk.catalog, client: temporal.client, close: async () => {} }),
  });
  redis = new Redis(REDIS);
  // A test empties what nothing else may.
  await desk.db.query('ALTER TABLE sexton.audit_log DISABLE TRIGGER append_only');
});
afterAll(async () => {
  redis.disconnect();
  await Promise.all([desk.close(), temporal.close()]);
});
beforeEach(async () => {
  await redis.flushdb();
  desk.answer(async () => undefined);
  await desk.db.query('TRUNCATE courses, organizations, draft_ledger, sexton.audit_log');
});

interface Course {
  readonly hours: number;
  readonly used?: boolean;
  readonly status?: string;
  readonly organization?: string;
  readonly user?: string;
}

const put = async (courses: readonly Course[]): Promise<void> => {
  await desk.db.query(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($1) AS g (hours float8, used boolean, status text, organization text, "user" text)
     ), named AS (
       INSERT INTO organizations (id, name) SELECT DISTINCT md5(organization)::uuid, organization FROM given
       WHERE organization IS NOT NULL ON CONFLICT DO NOTHING
     )
     INSERT INTO courses (created_at, status, generation_status, organization_id, user_id)
     SELECT sexton.now() - make_interval(secs => hours * 3600), coalesce(status, 'draft'), CASE WHEN used THEN 'done' END,
       md5(organization)::uuid, md5("user")::uuid FROM given`,
    [JSON.stringify(courses)],
  );
};

const courses = async (): Promise<number> =>
  (await desk.db.query('SELECT count(*)::int AS n FROM courses')).rows[0].n;

describe('cleanup manual', () => {
  const MIXED = [
    { hours: 24 },
    { hours: 24.01 },
    { hours: 30 },
    { hours: 90, used: true },
    { hours: 90, status: 'published' },
  ];

  it('deletes what the job would, at once, and answers with one row: count, full ids, cutoff (DRAFT-24, DRAFT-72)', async () => {
    await put(MIXED);
    const { rows } = await desk.db.query(
      `SELECT id::text FROM courses WHERE status = 'draft' AND generation_status IS NULL AND created_at < sexton.now() - interval '24 hours'
       ORDER BY created_at`,
    );
    const { code, stdout } = await desk.sexton('cleanup', 'manual', '--yes', '--json', '--by', 'ana');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      deleted_count: 2,
      deleted_ids: rows.map(({ id }) => id),
      cutoff_time: '2026-02-09T14:30:00Z',
    });
    expect(await courses()).toBe(3);
    expect(await desk.json('cleanup', 'manual', '--yes')).toMatchObject({
      deleted_count: 0,
      deleted_ids: [],
      cutoff_time: '2026-02-09T14:30:00Z',
    });
  });

  it('shows how many before it asks, and deletes nothing without a yes (DRAFT-24)', async () => {
    await put(MIXED);
    const { code, stdout } = await desk.sexton('cleanup', 'manual');
    expect({ code, stdout }).toEqual({
      code: 2,
      stdout: '2 unused drafts are older than 24 h, the oldest of 30.0 h\n',
    });
    expect(await courses()).toBe(5);
  });

  it('deletes nothing while a run holds the lock, or while nobody knows whether one does (DRAFT-24)', async () => {
    await put(MIXED);
    await redis.set(LOCK, '{"workflowId":"job/x"}');
    expect(await desk.sexton('cleanup', 'manual', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a run of the job holds its lock'),
    });
    const away = await openPackDesk({ pack: draftCleanup, now: NOW, redis: 'redis://127.0.0.1:1' });
    const told = await away.sexton('cleanup', 'manual', '--yes');
    await away.close();
    expect(told).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('SELECT * FROM trigger_manual_cleanup()'),
    });
    expect(await courses()).toBe(5);
  });

  it('is counted and dated each time, with as many ids as it deleted (DRAFT-25)', async () => {
    expect(await desk.json('cleanup', 'manual-list')).toMatchObject({ code: 0, count: 0 });
    await put(MIXED);
    await desk.sexton('cleanup', 'manual', '--yes', '--by', 'ana');
    await desk.db.query('SELECT * FROM trigger_manual_cleanup()');
    const listed = await desk.json('cleanup', 'manual-list');
    expect(listed).toMatchObject({ code: 1, days: 30, count: 2 });
    expect(listed['cleanups']).toMatchObject([
      { at: '2026-02-10T14:30:00Z', deleted_count: 0 },
      { at: '2026-02-10T14:30:00Z', actor: 'operator:ana', deleted_count: 2 },
    ]);
    const told = await desk.audits();
    expect(told.map(({ action }) => action)).toEqual(['MANUAL_CLEANUP', 'MANUAL_CLEANUP']);
    for (const { metadata } of told as readonly {
      metadata: { deleted_count: number; deleted_ids: string[] };
    }[])
      expect(metadata.deleted_ids).toHaveLength(metadata.deleted_count);
  });
});

describe('traffic source', () => {
  it('lists organizations and people by drafts of the last hour, with their share, gone ones too (DRAFT-89)', async () => {
    const made = (count: number, course: Partial<Course>) =>
      Array.from({ length: count }, (_, place) => ({ hours: 0.1 + place / 1000, ...course }));
    await put([
      ...made(6, { organization: 'Acme', user: 'eve' }),
      ...made(2, { organization: 'Acme', user: 'ben' }),
      ...made(2, { organization: 'Beta', user: 'cem', used: true }),
      { hours: 1.01, organization: 'Beta', user: 'cem' },
    ]);
    await desk.db.query("DELETE FROM courses WHERE user_id = md5('eve')::uuid");
    const found = await desk.json('traffic', 'source');
    expect(found).toMatchObject({
      code: 0,
      organizations: [
        { organization_name: 'Acme', drafts_created: 8, share_percent: 80 },
        { organization_name: 'Beta', drafts_created: 2, share_percent: 20 },
      ],
      users: [
        { organization_name: 'Acme', drafts_created: 6, share_percent: 60 },
        { drafts_created: 2, share_percent: 20 },
        { drafts_created: 2, share_percent: 20 },
      ],
    });
    expect(await desk.json('traffic', 'source', '--limit', '1')).toMatchObject({
      users: [{ drafts_created: 6 }],
    });
  });

  it('says so where nobody created any', async () => {
    expect((await desk.sexton('traffic', 'source')).stdout).toBe('no draft was created in the last hour\n');
  });
});

describe('rate-limit', () => {
  const WHO = 'org:0b1f6c1e-7a2d-4c0b-9a52-1d0c6f5b8e77';
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it('stores a limit in Redis that ends by itself, audited with what was before (DRAFT-89)', async () => {
    const until = inAnHour();
    const set = (perHour: string) => desk.json('rate-limit', WHO, perHour, until, '--by', 'ana');
    expect(await set('20')).toMatchObject({ code: 0, who: WHO, per_hour: 20, by: 'ana' });
    const key = `draft:rate-limit:${WHO}`;
    expect(JSON.parse((await redis.get(key)) ?? '')).toMatchObject({ per_hour: 20, by: 'ana' });
    const left = await redis.pttl(key);
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
    await set('5');
    expect(await desk.audits()).toMatchObject([
      { actor: 'operator:ana', action: 'RATE_LIMIT_SET', metadata: { who: WHO, per_hour: 20, before: null } },
      { action: 'RATE_LIMIT_SET', metadata: { per_hour: 5, before: { per_hour: 20 } } },
    ]);
  });

  it.each([
    ['org:seven', '20', 'must be org: or user: and a uuid'],
    [WHO, '-1', 'must be a whole number'],
    [WHO, '20', 'has passed', '2026-01-01T00:00:00Z'],
    [WHO, '20', 'must be an instant', 'tomorrow'],
  ])('%s %s is refused: %s', async (who, perHour, words, until = inAnHour()) => {
    const { code, stderr } = await desk.sexton('rate-limit', who, '--', perHour, until);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect([await redis.dbsize(), await desk.audits()]).toEqual([0, []]);
  });

  it('that Redis does not take is not told by the audit log either (DRAFT-89)', async () => {
    await redis.config('SET', 'maxmemory', '1');
    const { code } = await desk.sexton('rate-limit', WHO, '20', inAnHour());
    await redis.config('SET', 'maxmemory', '0');
    expect(code).toBe(3);
    expect(await desk.audits()).toEqual([]);
  });
});

describe('redis check', () => {
  it('tells ping, latency, memory and open forms, and that a draft could be written without Redis (DRAFT-90)', async () => {
    await put([{ hours: 1 }]);
    for (const id of ['a', 'b', 'c']) await redis.set(`draft:session:${id}`, '1');
    await redis.set('draft:other', '1');
    const found = await desk.json('redis', 'check');
    expect(found).toMatchObject({
      ping: true,
      latency_ms: expect.any(Number),
      memory_used_bytes: expect.any(Number),
      sessions: 3,
      fallback: true,
    });
    // No server does with less, and none is as full as its limit, or as the machine, would have it.
    expect(found['memory_used_bytes']).toBeGreaterThan(100_000);
    expect(found['memory_used_bytes']).toBeLessThan(Number(found['memory_max_bytes']));
    // The probe is gone again, with whatever followed it.
    expect(await courses()).toBe(1);
    expect((await desk.db.query('SELECT count(*)::int AS n FROM draft_ledger')).rows).toEqual([{ n: 1 }]);
  });

  it('fails where Redis is away, and says whether the fallback works all the same (DRAFT-90)', async () => {
    const away = await openPackDesk({ pack: draftCleanup, now: NOW, redis: 'redis://127.0.0.1:1' });
    const works = await away.json('redis', 'check');
    await away.db.query("ALTER TABLE courses ADD CONSTRAINT closed CHECK (status <> 'draft')");
    const broken = await away.json('redis', 'check');
    await away.close();
    expect(works).toMatchObject({ code: 2, status: 'FAIL', ping: false, sessions: null, fallback: true });
    expect(String(works['error'])).toContain('ECONNREFUSED');
    expect(broken).toMatchObject({ code: 2, fallback: false });
    expect(String(broken['fallback_error'])).toContain('closed');
  });
});

describe('permissions check', () => {
  it('passes where the credentials are accepted and the role may do what the job does (DRAFT-86)', async () => {
    const found = await desk.json('permissions', 'check');
    expect(found).toMatchObject({ code: 0, status: 'PASS' });
    const names = (found['checks'] as readonly { name: string; ok: boolean }[]).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'credential of the database',
        'credential of Redis',
        'credential of Temporal',
        'DELETE on public.courses',
      ]),
    );
  });

  it('names each right that the role lacks, and each credential that is refused (DRAFT-86)', async () => {
    const poor = await openPackDesk({
      pack: draftCleanup,
      now: NOW,
      redis: REDIS.replace('redis://', 'redis://nobody:wrong@'),
      open: () => Promise.reject(new Error('Temporal refuses')),
    });
    await poor.db.query(
      `DO $$ BEGIN CREATE ROLE poor_drafts LOGIN PASSWORD 'poor'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
       GRANT USAGE ON SCHEMA sexton TO poor_drafts; GRANT SELECT ON courses, sexton.clock TO poor_drafts`,
    );
    const url = new URL(poor.url);
    url.username = 'poor_drafts';
    url.password = 'poor';
    const database = poor.catalog.databases.find(({ name }) => name === 'drafts');
    Object.assign(database ?? {}, { url: url.href });
    const found = await poor.json('permissions', 'check');
    await poor.close();
    expect(found).toMatchObject({ code: 2, status: 'FAIL', role: 'poor_drafts' });
    const failed = (found['checks'] as readonly { name: string; ok: boolean; error?: string }[]).filter(
      ({ ok }) => !ok,
    );
    expect(failed.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['credential of Redis', 'credential of Temporal', 'DELETE on public.courses']),
    );
    expect(failed.map(({ name }) => name)).not.toContain('SELECT on public.courses');
  });
});
