// `sexton review ID`: the draft of a critical incident's report, and its completion.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { completeReview, readReview } from '../../adapters/postgres/alerts/reviews.ts';
import { createPool } from '../../adapters/postgres/pool.ts';
import { UnknownNameError } from '../../catalog/catalog.ts';
import { reviewText } from '../../domain/alerts/review.ts';
import { incidentNumber } from '../../domain/ids.ts';
import { EXIT } from '../context.ts';
import type { IncidentsContext } from './incidents.ts';

export interface ReviewFlags {
  readonly rootCause?: string;
  readonly resolution?: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** With both texts it completes the report; with one it refuses, since a report needs both (SLA-73). */
export const review = async (
  { load, out }: IncidentsContext,
  id: string,
  { rootCause, resolution, by = userInfo().username, json }: ReviewFlags,
): Promise<number> => {
  const home = createPool({ url: (await load()).home.url, max: 1 });
  try {
    const number = incidentNumber(id);
    const found = number === undefined ? undefined : await readReview(home, number);
    if (!found || number === undefined)
      throw new UnknownNameError(`no incident ${id}; \`sexton incidents --all\` lists them`, []);
    if (rootCause === undefined && resolution === undefined) {
      out.write(`${json ? JSON.stringify(found) : reviewText(found)}\n`);
      return found.state === 'open' ? EXIT.no : EXIT.yes;
    }
    if (!rootCause?.trim() || !resolution?.trim()) {
      out.write(
        'a report is done when both are written: --root-cause and --resolution; nothing was changed\n',
      );
      return EXIT.bad;
    }
    const done = await completeReview(home, number, { rootCause, resolution, by });
    out.write(
      done
        ? `report of ${found.incident} done by ${by}\n`
        : `${found.incident} was never critical: no report\n`,
    );
    return done ? EXIT.yes : EXIT.no;
  } finally {
    await home.end();
  }
};

export const registerReview = (program: Command, context: IncidentsContext): void => {
  program
    .command('review')
    .argument('<incident>', 'number, or <pack>/<rule>/<number>')
    .description("show a critical incident's report, or complete it; exit 1 while it is open")
    .option('--root-cause <text>', 'what caused it')
    .option('--resolution <text>', 'what ended it and keeps it from coming back')
    .option('--by <name>', 'who completes it; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (id: string, flags: ReviewFlags) => {
      process.exitCode = await review(context, id, flags);
    });
};
