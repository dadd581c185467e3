// The report that follows a critical incident: its draft, from what the rows remember, and its completion.
import type { Firing } from '../../../domain/alerts/alert.ts';
import type { LadderState } from '../../../domain/alerts/ladder.ts';
import type { Review, ReviewEvent } from '../../../domain/alerts/review.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';
import { readNotes } from './incident-notes.ts';

interface Row {
  readonly pack: string;
  readonly rule: string;
  readonly state: string;
  readonly review: 'open' | 'done' | null;
  readonly firing: Firing;
  readonly ladder: LadderState | null;
  readonly firstFiredAt: string;
  readonly resolvedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly rootCause: string | null;
  readonly resolution: string | null;
  readonly reviewedBy: string | null;
}

const iso = (column: string): string => isoSql(column, 'seconds');

export const readReview = async (home: Queryable, number: number): Promise<Review | undefined> => {
  const { rows } = await home.query(
    `SELECT pack, rule, state, review, firing, ladder, ${iso('first_fired_at')} AS "firstFiredAt",
       ${iso('resolved_at')} AS "resolvedAt", acknowledged_by AS "acknowledgedBy", root_cause AS "rootCause",
       resolution, reviewed_by AS "reviewedBy"
     FROM sexton.incident WHERE number = $1`,
    [number],
  );
  const row: Row | undefined = rows[0];
  if (!row) return undefined;
  const sent = await home.query(
    `SELECT ${iso('at')} AS at, tier || ' → ' || channel || ': ' || state AS what FROM sexton.outbox
     WHERE incident = $1 ORDER BY wake, channel`,
    [number],
  );
  const marks = (row.ladder?.marks ?? []).map(({ mark, atMs }) => ({
    at: new Date(atMs).toISOString(),
    what: mark,
  }));
  const notes = (await readNotes(home, number)).map(({ at, by, text }) => ({ at, what: `${by}: ${text}` }));
  const timeline: ReviewEvent[] = [
    { at: row.firstFiredAt, what: 'first fired' },
    ...sent.rows,
    ...marks,
    ...notes,
    ...(row.resolvedAt === null ? [] : [{ at: row.resolvedAt, what: 'resolved' }]),
  ];
  return {
    incident: `${row.pack}/${row.rule}/${number}`,
    state: row.review ?? 'none',
    summary: row.firing.summary,
    severity: row.firing.severityWord,
    acknowledgedBy: row.acknowledgedBy,
    timeline: timeline.toSorted((a, b) => a.at.localeCompare(b.at)),
    diagnostics: row.firing.payload,
    rootCause: row.rootCause ?? '',
    resolution: row.resolution ?? '',
    reviewedBy: row.reviewedBy,
  };
};

export interface ReviewEntry {
  readonly rootCause: string;
  readonly resolution: string;
  readonly by: string;
}

/** Writes what is given over the draft and completes it; false where the incident needs no review. */
export const completeReview = async (
  home: Queryable,
  number: number,
  { rootCause, resolution, by }: ReviewEntry,
): Promise<boolean> => {
  const { rowCount } = await home.query(
    `UPDATE sexton.incident SET review = 'done', root_cause = $2, resolution = $3, reviewed_by = $4,
       reviewed_at = sexton.now() WHERE number = $1 AND review IS NOT NULL`,
    [number, rootCause, resolution, by],
  );
  return rowCount === 1;
};
