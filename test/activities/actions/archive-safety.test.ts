// No row is lost on the way into its archive: where a worker dies at any step, and where the archive is none that could
// hold it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { ArchiveStep } from '../../../src/domain/jobs/step.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { createPair, idsIn, YOUNG } from '../../support/jobs/archives.ts';
import { aRun, beginRun, runSlice } from '../../support/jobs/run-job.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

describe('EMAIL-25: a worker that dies at any step', () => {
  it('leaves every row in the table or in the archive, and after the next attempt in exactly one of them', async () => {
    const deaths: string[] = [];
    for (;;) {
      const { name, job } = await createPair(engine, 3, { batchRows: 2 });
      const begun = await beginRun(engine, aRun(job));
      const { plan } = begun;
      const { dependencies, died } = dyingAt(engine.dependencies, deaths.length + 1);
      const dying = createCleanupActivities(dependencies);
      const first = await engine.run(dying.slice, { job, plan, slice: 1 }).catch((error: unknown) => error);
      const death = died();
      if (death === undefined) {
        expect(first).toMatchObject({ done: true });
        break;
      }
      deaths.push(death);
      const [left, archived] = [await idsIn(engine, name), await idsIn(engine, `${name}_archive`)];
      expect([...left, ...archived].toSorted((a, b) => a - b)).toEqual([1, 2, 3, ...YOUNG]);
      const next = await runSlice(engine, begun, 1, 2);
      expect({
        death,
        next,
        left: await idsIn(engine, name),
        archived: await idsIn(engine, `${name}_archive`),
      }).toMatchObject({
        next: { done: true, deleted: 3 },
        left: YOUNG,
        archived: [1, 2, 3],
      });
    }
    const told = deaths.join('\n');
    for (const step of [
      'WITH locked',
      'DELETE FROM',
      'INSERT INTO sexton.ledger',
      'before COMMIT',
      'after COMMIT',
    ])
      expect(told).toContain(step);
  });
});

describe('an archive is refused before anything is deleted', () => {
  const refused = async (
    change: (table: string) => string,
    archive: Partial<ArchiveStep['archive']> = {},
  ): Promise<string> => {
    const { name, job } = await createPair(engine, 2, { archive });
    await engine.db.query(change(`public.${name}_archive`));
    const error: unknown = await beginRun(engine, aRun(job)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ type: 'PREFLIGHT_REFUSED' });
    expect(await idsIn(engine, name)).toEqual([1, 2, ...YOUNG]);
    return error instanceof Error ? error.message.replaceAll(name, 'log') : '';
  };

  it.each<[string, (table: string) => string, string, Partial<ArchiveStep['archive']>?]>([
    [
      'that is not there',
      (table) => `DROP TABLE ${table}`,
      'Run: CREATE TABLE "public"."log_archive" (LIKE "public"."log"); ALTER TABLE "public"."log_archive" ADD PRIMARY KEY ("id")',
    ],
    [
      'without a unique index on the key',
      (table) =>
        `ALTER TABLE ${table} DROP CONSTRAINT ${table.slice(7)}_pkey; CREATE UNIQUE INDEX ON ${table} (id, at)`,
      'Run: CREATE UNIQUE INDEX CONCURRENTLY ON "public"."log_archive" ("id")',
    ],
    [
      'without one of the columns',
      (table) => `ALTER TABLE ${table} DROP COLUMN amount`,
      'Run: ALTER TABLE "public"."log_archive" ADD COLUMN "amount" numeric',
    ],
    [
      'with another type',
      (table) => `ALTER TABLE ${table} ALTER COLUMN note TYPE varchar(99)`,
      'Run: ALTER TABLE "public"."log_archive" ALTER COLUMN "note" TYPE text',
    ],
    [
      'with a column that nobody fills',
      (table) => `ALTER TABLE ${table} ADD COLUMN shelf text NOT NULL`,
      'Run: ALTER TABLE "public"."log_archive" ALTER COLUMN "shelf" DROP NOT NULL',
    ],
    [
      'without the column that the step stamps',
      () => 'SELECT 1',
      'archive "public"."log_archive" has no column put_there',
      { archivedAt: 'put_there' },
    ],
  ])('one %s, with the statement that helps', async (_, change, words, archive) => {
    expect(await refused(change, archive)).toContain(words);
  });
});
