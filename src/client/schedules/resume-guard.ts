// What stands against letting a schedule go on: a job that was stopped, or failed three times in a row, is tried dry
// first (SLA-96).
import type pg from 'pg';
import { hasDryRunSince, readNewestEnds } from '../../adapters/postgres/runs/run-history.ts';
import type { CatalogJob } from '../../catalog/catalog.ts';

/** As many failures one after the other ask for proof that the cause is gone. */
const FAILURES = 3;

/** How long a dry run proves anything. */
const DRY_RUN_HOURS = 24;

/** Why not; undefined where nothing stands against it. */
export const againstResuming = async (
  home: pg.Pool,
  { pack, name }: CatalogJob,
): Promise<string | undefined> => {
  const job = { pack, job: name };
  const ends = await readNewestEnds(home, job, FAILURES);
  const [newest] = ends;
  if (!newest) return undefined;
  const failed = ends.filter(({ state }) => state === 'failed' || state === 'blocked').length;
  if (newest.state !== 'stopped' && failed < FAILURES) return undefined;
  const within = { since: newest.endedAt, withinHours: DRY_RUN_HOURS };
  if (await hasDryRunSince(home, job, within)) return undefined;
  const what = newest.state === 'stopped' ? 'its last run was stopped' : `its last ${FAILURES} runs failed`;
  return (
    `${what}, and no dry run has succeeded since within ${DRY_RUN_HOURS} h. Mend the cause and run ` +
    `\`sexton run ${name} --dry-run\` first, or say \`--force --reason …\``
  );
};
