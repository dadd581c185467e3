// `makeDigest`: asks a digest's reports, stores every answer, and writes the letter that tells of them; all in one
// transaction, once a tick. `endDigest` writes down who signed it off, or that nobody did.
import { Context, log } from '@temporalio/activity';
import { readLetterByKey, writeLetter } from '../../adapters/postgres/letters/letters.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { recordSignOff, writeDigest } from '../../adapters/postgres/reports/digests.ts';
import { storeReport } from '../../adapters/postgres/reports/stored.ts';
import type { DigestSnapshot, MakeDigestInput, SignedOff } from '../../domain/digests/digest.ts';
import {
  bandOfDigest,
  type DigestEntry,
  digestKey,
  digestLetter,
} from '../../domain/digests/digest-letter.ts';
import { unsignedLetter } from '../../domain/digests/unsigned.ts';
import { reportId } from '../../domain/ids.ts';
import { budgetWords } from '../../domain/reports/answer.ts';
import { storedOf } from '../../domain/reports/stored.ts';
import type { Dependencies } from '../dependencies.ts';
import { messageOf, sqlState } from '../failures.ts';
import { keepBeating } from '../keep-beating.ts';
import { createRunReport } from './run-report.ts';

/** A database that is away is waited for so many times; then the digest says what could not be asked. */
const TRIES = 4;

export const createMakeDigest = (dependencies: Dependencies) => {
  const { databases, reports = [] } = dependencies;
  const run = createRunReport(dependencies, (answer) =>
    log.warn(`${answer.report} ${budgetWords(answer)}`, {
      report: answer.report,
      duration_ms: answer.durationMs,
    }),
  );

  const ask = async (
    pack: string,
    { report: name, params }: DigestSnapshot['reports'][number],
    signal: AbortSignal,
  ): Promise<DigestEntry> => {
    const report = reports.find(({ id }) => id === reportId(pack, name));
    if (!report) return { title: name, failed: "this worker's configuration has no such report" };
    const { title } = report.report;
    try {
      return { title, answer: await run({ report, params, signal }) };
    } catch (error) {
      if (sqlState(error) === 'CONNECTION' && Context.current().info.attempt < TRIES) throw error;
      return { title, failed: messageOf(error) };
    }
  };

  const make = async (
    { digest, tick, workflowId }: MakeDigestInput,
    signal: AbortSignal,
  ): Promise<number> => {
    const known = await readLetterByKey(databases.home, digestKey(digest, tick));
    if (known !== undefined) return known;
    const entries: DigestEntry[] = [];
    for (const each of digest.reports) entries.push(await ask(digest.pack, each, signal));
    const { pack, name, keepSeconds, signOff } = digest;
    return inTransaction(databases.home, async (tx) => {
      const letter = await writeLetter(tx, digestLetter(digest, { tick, entries, workflowId }), keepSeconds);
      const stored: number[] = [];
      for (const { answer } of entries)
        if (answer) stored.push(await storeReport(tx, storedOf(answer), keepSeconds));
      await writeDigest(tx, {
        letter,
        pack,
        name,
        tick,
        workflowId,
        reports: stored,
        status: bandOfDigest(entries) ?? null,
        ...(signOff && { signOffSeconds: signOff.withinSeconds }),
        keepSeconds,
      });
      return letter;
    });
  };

  return (input: MakeDigestInput): Promise<{ readonly letter: number }> =>
    keepBeating(async (signal) => ({ letter: await make(input, signal) }));
};

export interface EndDigestInput {
  readonly digest: DigestSnapshot;
  readonly letter: number;
  readonly tick: string;
  /** Missing: nobody did in time. */
  readonly signedOff?: SignedOff;
}

/** Returns the letter that says that nobody signed it off, where nobody did. */
export const createEndDigest =
  ({ databases }: Pick<Dependencies, 'databases'>) =>
  async ({ digest, letter, tick, signedOff }: EndDigestInput): Promise<{ readonly letter?: number }> => {
    if (signedOff) {
      const { by, note } = signedOff;
      await recordSignOff(databases.home, letter, {
        state: 'signed',
        by,
        ...(note !== undefined && { note }),
      });
      return {};
    }
    return inTransaction(databases.home, async (tx) => {
      await recordSignOff(tx, letter, { state: 'unsigned' });
      return { letter: await writeLetter(tx, unsignedLetter(digest, tick), digest.keepSeconds) };
    });
  };
