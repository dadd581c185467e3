// `sexton draft-cleanup quickcheck`: the three essential look-ups at once, each with its own end, all within half a minute
// (DRAFT-36). The figures are those of Q1, Q3 and Q6.
import { type CommandTools, defineCommand, type PackCommand, roundHalfUp } from '../../../src/index.ts';
import {
  type BandName,
  bandOf,
  hoursSinceLastRun,
  pendingCleanup,
  pollution,
  totalDrafts,
  worstOf,
} from '../bands.ts';
import type { DraftEnv } from '../env.ts';
import { CLEANUP_JOB, DATABASE } from '../names.ts';

/** Longer than the slowest of them may take, and short of the half minute with the time that connecting may take. */
const EACH_SECONDS = 10;

interface LookUp {
  readonly name: string;
  /** Unknown where it could not be found out. */
  readonly status: BandName | 'unknown';
  readonly text: string;
  readonly figures: Readonly<Record<string, number | string | null>>;
}

interface State {
  readonly total: number;
  readonly unused: number;
  readonly pollution: number | null;
}

interface LastRun {
  readonly hours: number | null;
  readonly status: string;
}

/** One row of a statement that ends in time whatever it waits for. */
const ask = async <Row>(tools: CommandTools, sql: string, values: readonly unknown[]): Promise<Row> => {
  const rows = await tools.db(DATABASE).rehearse(async (tx) => {
    await tx.query(`SET LOCAL statement_timeout = '${EACH_SECONDS}s'`);
    return tx.query<Row>(sql, values);
  });
  const [row] = rows;
  if (!row) throw new Error('there is no such row');
  return row;
};

const shown = (value: number | null): string => (value === null ? '–' : roundHalfUp(value, 2));

const drafts = async (tools: CommandTools): Promise<Omit<LookUp, 'name'>> => {
  const state = await ask<State>(
    tools,
    `SELECT total_drafts AS total, unused_drafts AS unused, pollution_percentage::float8 AS pollution
     FROM public.draft_state()`,
    [],
  );
  const share = state.pollution === null ? null : Number(shown(state.pollution));
  return {
    status: worstOf([bandOf(totalDrafts, state.total), bandOf(pollution, state.pollution)]),
    text: `${state.total}, ${state.unused} unused, pollution ${shown(state.pollution)} %`,
    figures: { total_drafts: state.total, unused_drafts: state.unused, pollution_percentage: share },
  };
};

const lastRun = async (tools: CommandTools): Promise<Omit<LookUp, 'name'>> => {
  const { hours, status } = await ask<LastRun>(
    tools,
    `SELECT hours_since_last_run::float8 AS hours, last_status AS status
     FROM public.cleanup_job_monitoring WHERE jobname = $1`,
    [CLEANUP_JOB],
  );
  const figures = {
    hours_since_last_run: hours === null ? null : Number(shown(hours)),
    last_status: status,
  };
  if (hours === null) return { status: 'critical', text: 'never', figures };
  return { status: bandOf(hoursSinceLastRun, hours), text: `${shown(hours)} h ago, ${status}`, figures };
};

const oldDrafts = async (tools: CommandTools, hours: number): Promise<Omit<LookUp, 'name'>> => {
  const { count } = await ask<{ readonly count: number }>(
    tools,
    'SELECT pending_count AS count FROM public.check_pending_cleanup(make_interval(secs => $1))',
    [hours * 3_600],
  );
  return {
    status: bandOf(pendingCleanup, count),
    text: count === 0 ? '0' : `${count}, should be 0`,
    figures: { old_unused_drafts: count },
  };
};

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One that cannot be found out says so, and the others still do. */
const look = async (name: string, asked: Promise<Omit<LookUp, 'name'>>): Promise<LookUp> => {
  try {
    return { name, ...(await asked) };
  } catch (error) {
    return { name, status: 'unknown', text: `could not be found out: ${words(error)}`, figures: {} };
  }
};

const MARKS = { healthy: 'ok', warning: '!', critical: '!!', unknown: '?' } as const;
const EXITS = { healthy: 0, warning: 1, critical: 2, unknown: 3 } as const;

/** What is known to be critical is said even where something else is not known. */
const overall = (found: readonly LookUp['status'][]): LookUp['status'] => {
  const worst = worstOf(found.flatMap((status) => (status === 'unknown' ? [] : [status])));
  return worst !== 'critical' && found.includes('unknown') ? 'unknown' : worst;
};

export const quickcheck = ({ DRAFT_RETENTION_HOURS }: DraftEnv): PackCommand =>
  defineCommand({
    name: 'quickcheck',
    summary: 'drafts and pollution, hours since the last run, old unused drafts: within half a minute',
    run: async (tools) => {
      const found = await Promise.all([
        look('drafts', drafts(tools)),
        look('last run', lastRun(tools)),
        look('old drafts', oldDrafts(tools, DRAFT_RETENTION_HOURS)),
      ]);
      const status = overall(found.map((each) => each.status));
      return {
        answer: {
          status,
          checks: found.map(({ name, status: each, text, figures }) => ({
            name,
            status: each,
            ...figures,
            ...(each === 'unknown' && { error: text }),
          })),
        },
        text: [
          ...found.map(
            ({ name, status: each, text }) => `${MARKS[each].padEnd(2)}  ${name.padEnd(10)}  ${text}`,
          ),
          status,
        ].join('\n'),
        exit: EXITS[status],
      };
    },
  });
