// What is in the audit log stays in it, and the database itself holds a run to one start and one ending.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordEnding, recordSlices, recordStart } from '../../src/adapters/postgres/runs/audit-log.ts';
import { TERMINAL_ACTIONS } from '../../src/domain/jobs/audit.ts';
import { createEngine, type Engine } from '../support/engine.ts';
import { unique } from '../support/stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const aSubject = () => ({ runId: unique('run'), pack: 'test-pack', resourceType: 'link' });

const count = async (runId: string): Promise<number> =>
  (await engine.db.query('SELECT count(*)::int AS n FROM sexton.audit_log WHERE run_id = $1', [runId]))
    .rows[0].n;

describe('the audit log', () => {
  it.each([
    ['UPDATE', "UPDATE sexton.audit_log SET action = 'NOTHING'"],
    ['UPDATE', 'UPDATE sexton.audit_log SET action = action WHERE false'],
    ['DELETE', 'DELETE FROM sexton.audit_log'],
    ['TRUNCATE', 'TRUNCATE sexton.audit_log'],
  ])('is append-only: %s is refused, by whomever (%s)', async (verb, sql) => {
    const subject = aSubject();
    await recordEnding(engine.db, { ...subject, action: 'CLEANUP_COMPLETED' }, {});
    await expect(engine.db.query(sql)).rejects.toMatchObject({
      code: '42501',
      message: `audit_log is append-only: ${verb} refused`,
    });
    expect(await count(subject.runId)).toBe(1);
  });

  it('holds one ending of a run, whichever of the terminal actions tells it', async () => {
    for (const first of TERMINAL_ACTIONS) {
      const subject = aSubject();
      const written: boolean[] = [];
      for (const action of [first, ...TERMINAL_ACTIONS]) {
        written.push(await recordEnding(engine.db, { ...subject, action }, {}));
      }
      expect(written).toEqual([true, ...TERMINAL_ACTIONS.map(() => false)]);
      expect(await count(subject.runId)).toBe(1);
    }
  });

  it('refuses a second ending to statements that are not ours, too', async () => {
    const insert = `INSERT INTO sexton.audit_log (actor, action, resource_type, run_id) VALUES ('ann', $1, 'link', $2)`;
    const runId = unique('run');
    await engine.db.query(insert, ['CLEANUP_COMPLETED', runId]);
    await expect(engine.db.query(insert, ['CLEANUP_FAILED', runId])).rejects.toThrow(/audit_log_one_ending/);
  });

  it('gives the second beginning of a run what its first one fixed (SLA-18)', async () => {
    const subject = aSubject();
    const fixed = { cutoff: '2026-02-09T12:00:00.000001Z', eligible: 7, eligible_is_estimate: false };
    const first = await recordStart(engine.db, subject, fixed);
    const second = await recordStart(engine.db, subject, { ...fixed, cutoff: 'later', eligible: 8 });
    expect(second).toEqual(first);
    expect(first).toMatchObject({ cutoff: fixed.cutoff, eligible: 7, eligibleIsEstimate: false });
    expect(await count(subject.runId)).toBe(1);
  });

  it('has one row a slice with the figures of all its batches, however often it is told', async () => {
    const subject = aSubject();
    for (const [seq, slice, deleted, ms] of [
      [1, 1, 5, 10],
      [2, 1, 3, 20],
      [3, 2, 4, 7],
    ]) {
      await engine.db.query(
        `INSERT INTO sexton.ledger (run_id, step, lane, seq, slice, attempt, pass, deleted, ms)
         VALUES ($1, 'links', 0, $2, $3, 1, 1, $4, $5)`,
        [subject.runId, seq, slice, deleted, ms],
      );
    }
    await Promise.all([1, 2, 3].map(() => recordSlices(engine.db, subject, 'cleanup_links')));
    const { rows } = await engine.db.query(
      'SELECT metadata FROM sexton.audit_log WHERE run_id = $1 ORDER BY id',
      [subject.runId],
    );
    const common = { job: 'cleanup_links', run_id: subject.runId };
    expect(rows.map(({ metadata }) => metadata)).toEqual([
      { ...common, slice: 1, batches: 2, records_processed: 8, avg_batch_ms: 15, max_batch_ms: 20 },
      { ...common, slice: 2, batches: 1, records_processed: 4, avg_batch_ms: 7, max_batch_ms: 7 },
    ]);
  });
});
