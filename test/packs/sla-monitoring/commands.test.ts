// What operators of sla-monitoring type: the manual resolution queue, and a breach that never was. On real Postgres.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { slaMonitoring } from '../../../packs/sla-monitoring/pack.ts';
import { openPackDesk, type PackDesk } from '../../support/packs/pack-desk.ts';

const NOW = '2026-02-10T12:15:00.000Z';

let desk: PackDesk;
beforeAll(async () => {
  desk = await openPackDesk({ pack: slaMonitoring, now: NOW });
  // A test empties what nothing else may.
  await desk.db.query('ALTER TABLE sexton.audit_log DISABLE TRIGGER append_only');
});
afterAll(() => desk.close());
beforeEach(async () => {
  desk.answer(async () => undefined);
  await desk.db.query('TRUNCATE sexton.audit_log, sexton.manual_resolution_queue');
});

const sexton = (...args: string[]) => desk.sexton(...args);
const json = (...args: string[]) => desk.json(...args);
const audits = () => desk.audits();

/** Items that came so many hours ago. */
const queued = async (hours: readonly number[], more: object = {}): Promise<void> => {
  await desk.db.query(
    `INSERT INTO manual_resolution_queue (source_job, resource_type, resource_id, failure_mode, priority, status, created_at)
     SELECT coalesce(m.source_job, 'cleanup_pdfs'), 'meal_plan_pdf', gen_random_uuid()::text, coalesce(m.failure_mode, 'a'),
       coalesce(m.priority, 'normal'), coalesce(m.status, 'pending'), sexton.now() - make_interval(secs => h * 3600)
     FROM unnest($1::float8[]) h, jsonb_to_record($2) AS m (source_job text, failure_mode text, priority text, status text)`,
    [hours, JSON.stringify(more)],
  );
};

const items = async () =>
  (
    await desk.db.query(
      `SELECT id::text, source_job, status, assigned_to, priority, resolution_note, resolved_at
       FROM manual_resolution_queue ORDER BY created_at`,
    )
  ).rows;

describe('mrq list', () => {
  it('lists what is pending by priority, then the oldest first, with its age (SLA-97)', async () => {
    await queued([2, 30]);
    await queued([1], { priority: 'urgent' });
    await queued([90], { priority: 'low' });
    await queued([5], { status: 'resolved' });
    const listed = await json('mrq', 'list');
    expect(listed).toMatchObject({ code: 0, total: 4 });
    const shown = (listed['items'] as readonly { priority: string; age_hours: number }[]).map((each) => [
      each.priority,
      each.age_hours,
    ]);
    expect(shown).toEqual([
      ['urgent', 1],
      ['normal', 30],
      ['normal', 2],
      ['low', 90],
    ]);
  });

  it('narrows by job, failure, kind, UTC day and person, and says how many there are beyond the limit (SLA-97)', async () => {
    await queued([1, 13], { source_job: 'cleanup_pdfs', failure_mode: 'a' });
    await queued([12.5], { source_job: 'cleanup_blacklist', failure_mode: 'b' });
    const totals = async (...args: string[]) => (await json('mrq', 'list', ...args))['total'];
    expect(await totals('--source-job', 'cleanup_pdfs')).toBe(2);
    expect(await totals('--failure-mode', 'b')).toBe(1);
    expect(await totals('--resource-type', 'meal_plan_pdf')).toBe(3);
    // It is 12:15: what came 12.5 hours ago came the day before.
    expect(await totals('--day', '2026-02-10')).toBe(1);
    expect(await totals('--day', '2026-02-09')).toBe(2);
    expect(await totals('--assigned-to', 'ana')).toBe(0);
    const { stdout } = await sexton('mrq', 'list', '--limit', '1');
    expect(stdout).toContain('3 items, the first 1 of them shown');
    expect((await sexton('mrq', 'list', '--day', '2026-02-30')).stderr).toContain('must be a day such as');
  });
});

describe('mrq assign', () => {
  it('gives an item to a person, with a priority, audited with what was before (SLA-97)', async () => {
    await queued([3]);
    const [item] = await items();
    const assigned = await json('mrq', 'assign', item.id, 'ana', '--priority', 'high', '--by', 'ben');
    expect(assigned).toEqual({ code: 0, stderr: '', item: item.id, assigned_to: 'ana', priority: 'high' });
    expect(await items()).toMatchObject([{ assigned_to: 'ana', priority: 'high', status: 'pending' }]);
    expect(await audits()).toEqual([
      {
        actor: 'operator:ben',
        action: 'MRQ_ASSIGNED',
        resource_type: 'meal_plan_pdf',
        metadata: expect.objectContaining({
          item: item.id,
          assigned_to: 'ana',
          was_assigned_to: null,
          priority: 'high',
          was_priority: 'normal',
          by: 'ben',
        }),
      },
    ]);
  });

  it('refuses an item that is not there, one that is resolved, and what is no id, and audits none of it', async () => {
    await queued([1], { status: 'resolved' });
    const [item] = await items();
    expect(await sexton('mrq', 'assign', '00000000-0000-0000-0000-000000000000', 'ana')).toMatchObject({
      code: 2,
    });
    expect(await sexton('mrq', 'assign', item.id, 'ana')).toMatchObject({
      code: 1,
      stderr: `${item.id} is resolved already\n`,
    });
    expect(await sexton('mrq', 'assign', 'seven', 'ana')).toMatchObject({ code: 2 });
    expect(await audits()).toEqual([]);
  });
});

describe('mrq resolve', () => {
  it('resolves an item once, with a note, audited (SLA-97)', async () => {
    await queued([3]);
    const [item] = await items();
    const resolve = () => sexton('mrq', 'resolve', item.id, '--note', 'file was gone', '--by', 'ben');
    expect(await resolve()).toMatchObject({ code: 0, stdout: `${item.id}: resolved\n` });
    expect(await items()).toMatchObject([
      { status: 'resolved', resolution_note: 'file was gone', resolved_at: new Date(NOW) },
    ]);
    expect(await resolve()).toMatchObject({ code: 1, stderr: `${item.id} is resolved already\n` });
    expect(await audits()).toMatchObject([
      { actor: 'operator:ben', action: 'MRQ_RESOLVED', metadata: { item: item.id, note: 'file was gone' } },
    ]);
    expect(await sexton('mrq', 'resolve', item.id)).toMatchObject({ code: 2 });
  });
});

describe('mrq resolve-batch', () => {
  const alike = async () => {
    await queued([1, 2, 3], { source_job: 'cleanup_pdfs' });
    await queued([4], { source_job: 'cleanup_blacklist' });
  };
  const pending = async () => (await items()).filter(({ status }) => status === 'pending').length;

  it('shows how many before it asks, and resolves exactly those, each with an audit row (SLA-97)', async () => {
    await alike();
    desk.answer(async (question) => question === 'Resolve these 3?');
    const { code, stdout } = await sexton(
      'mrq',
      'resolve-batch',
      '--source-job',
      'cleanup_pdfs',
      '--day',
      '2026-02-10',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n3 items\n3 resolved\n$/);
    expect(await pending()).toBe(1);
    const told = await audits();
    expect(told.map(({ action }) => action)).toEqual(['MRQ_RESOLVED', 'MRQ_RESOLVED', 'MRQ_RESOLVED']);
    expect(new Set(told.map(({ metadata }) => (metadata as { item: string }).item)).size).toBe(3);
  });

  it.each([
    ['a no', async () => false, 1],
    ['nobody to ask', async () => undefined, 2],
  ])('resolves none after %s (SLA-97)', async (_, confirm, code) => {
    await alike();
    desk.answer(confirm);
    expect(await sexton('mrq', 'resolve-batch', '--source-job', 'cleanup_pdfs')).toMatchObject({ code });
    expect([await pending(), await audits()]).toEqual([4, []]);
  });

  it('resolves none where one of those that were shown was resolved by somebody else meanwhile (SLA-97)', async () => {
    await alike();
    desk.answer(async () => {
      await desk.db.query(
        `UPDATE manual_resolution_queue SET status = 'resolved' WHERE id = (
           SELECT id FROM manual_resolution_queue WHERE source_job = 'cleanup_pdfs' LIMIT 1)`,
      );
      return true;
    });
    const { code, stderr } = await sexton('mrq', 'resolve-batch', '--source-job', 'cleanup_pdfs');
    expect(code).not.toBe(0);
    expect(stderr).toContain('1 of the 3 were resolved by others meanwhile, so nothing was changed');
    expect([await pending(), await audits()]).toEqual([3, []]);
  });

  it('refuses to resolve everything, and says so where nothing is like that', async () => {
    await alike();
    expect(await sexton('mrq', 'resolve-batch', '--yes')).toMatchObject({ code: 2 });
    expect(await sexton('mrq', 'resolve-batch', '--failure-mode', 'none', '--yes')).toMatchObject({
      code: 1,
      stderr: 'no pending item is like that\n',
    });
    expect(await pending()).toBe(4);
  });
});

describe('simulate-breach', () => {
  it('writes the one row of a completed run that took so long, marked as a test (SLA-98)', async () => {
    const args = ['simulate-breach', '--duration', '3700', '--job', 'cleanup_quiz_responses', '--by', 'ben'];
    const told = await json(...args);
    expect(told).toMatchObject({ code: 0, utilization_percent: 102.8, synthetic: true });
    expect(await audits()).toEqual([
      {
        actor: 'system:test',
        action: 'CLEANUP_COMPLETED',
        resource_type: 'quiz_response',
        metadata: {
          job: 'cleanup_quiz_responses',
          duration_seconds: 3700,
          sla_budget_seconds: 3600,
          synthetic: true,
        },
      },
      expect.objectContaining({ actor: 'operator:ben', action: 'SLA_BREACH_SIMULATED' }),
    ]);
  });

  it.each([
    [['--duration', '3700'], /--job/],
    [['--duration', '0', '--job', 'cleanup_pdfs'], /must be > 0/],
    [['--duration', '10', '--job', 'cleanup_all'], /must be cleanup_quiz_responses, cleanup_pdfs/],
  ])('%j is refused with exit code 2, and nothing is written (SLA-98)', async (args, words) => {
    const { code, stderr } = await sexton('simulate-breach', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
    expect(await audits()).toEqual([]);
  });
});
