// The drafts of fourteen months that are no longer drafts: used and published, or never used and deleted. Together with the
// live ones of a day they are as many as that day brought.
import type { SeedConnection, SeedResult } from '../../../src/index.ts';
import { DAYS, dayOf, isNeverUsed } from './days.ts';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS, SECOND_MS, spread, startOfDay } from './hours.ts';
import type { LiveDraft } from './live.ts';
import { cleanedAt } from './runs.ts';

interface PastDraft {
  readonly createdMs: number;
  /** Null of one that nobody used. */
  readonly usedMs: number | null;
  readonly deletedMs: number | null;
  readonly deletedBy: 'cleanup' | 'owner' | null;
}

interface Given {
  readonly nowMs: number;
  readonly cutoverMs: number;
  readonly live: readonly LiveDraft[];
}

/** How long a form was open before its draft was used. */
const SESSIONS_MS = [30, 45, 120, 240, 480, 720, 1_200, 2_400, 4_200, 10_800].map(
  (seconds) => seconds * SECOND_MS,
);

/** Most people work from eight to six: of 20 drafts 2 come before, 15 meanwhile, 3 after. */
const HOUR_AT = (share: number): number => {
  if (share < 0.1) return share * 80;
  return share < 0.85 ? 8 + ((share - 0.1) / 0.75) * 10 : 18 + ((share - 0.85) / 0.15) * 6;
};

const neverUsed = (createdMs: number, nowMs: number): PastDraft => {
  const deletedMs = cleanedAt(createdMs + DAY_MS, nowMs);
  // One that no run could have taken yet and that is gone was deleted by its owner.
  return deletedMs <= nowMs
    ? { createdMs, usedMs: null, deletedMs, deletedBy: 'cleanup' }
    : { createdMs, usedMs: null, deletedMs: Math.min(createdMs + 30 * MINUTE_MS, nowMs), deletedBy: 'owner' };
};

export const pastDrafts = ({ nowMs, cutoverMs, live }: Given): readonly PastDraft[] => {
  const today = startOfDay(nowMs);
  const past: PastDraft[] = [];
  for (let daysAgo = DAYS - 1; daysAgo >= 0; daysAgo -= 1) {
    const day = today - daysAgo * DAY_MS;
    const lengthMs = Math.min(DAY_MS, nowMs - day);
    const { created, used } = dayOf(daysAgo);
    const there = live.filter(({ ageHours }) => startOfDay(nowMs - Math.round(ageHours * HOUR_MS)) === day);
    const count = Math.max(0, created - there.length);
    const usedLive = there.filter((draft) => draft.used).length;
    const stillUsed = used === undefined ? undefined : Math.max(0, used - usedLive);
    for (let n = 0; n < count; n += 1) {
      const share = (HOUR_AT((n + 0.5) / count) / 24 + spread(past.length + 1) / 48) % 1;
      const createdMs = day + Math.floor(share * lengthMs);
      // Over the day, so that those who were used are not all of its morning.
      const isUsed =
        stillUsed === undefined
          ? !isNeverUsed(past.length, createdMs < cutoverMs)
          : Math.floor(((n + 1) * stillUsed) / count) > Math.floor((n * stillUsed) / count);
      const sessionMs = SESSIONS_MS[past.length % SESSIONS_MS.length] ?? MINUTE_MS;
      past.push(
        isUsed
          ? { createdMs, usedMs: Math.min(createdMs + sessionMs, nowMs), deletedMs: null, deletedBy: null }
          : neverUsed(createdMs, nowMs),
      );
    }
  }
  return past;
};

/** How many drafts runs deleted, by the hour. */
export const deletedByHour = (past: readonly PastDraft[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const { deletedMs, deletedBy } of past) {
    if (deletedBy !== 'cleanup' || deletedMs === null) continue;
    const hour = Math.floor(deletedMs / HOUR_MS) * HOUR_MS;
    counts.set(hour, (counts.get(hour) ?? 0) + 1);
  }
  return counts;
};

const INSERT = `
  INSERT INTO public.draft_ledger (course_id, organization_id, user_id, created_at, used_at, last_activity_at, deleted_at,
    deleted_by, experiment_variant)
  SELECT md5('past-draft-' || n)::uuid, md5('organization-' || n % 12)::uuid, md5('user-' || n % 40)::uuid, created_at, used_at,
    coalesce(used_at, created_at + least(interval '40 seconds' * (n % 7), coalesce(deleted_at, created_at) - created_at)),
    deleted_at, deleted_by, (ARRAY['control', 'treatment'])[n % 2 + 1]
  FROM unnest($1::timestamptz[], $2::timestamptz[], $3::timestamptz[], $4::text[]) WITH ORDINALITY
    AS draft (created_at, used_at, deleted_at, deleted_by, n)`;

/** Some of those that were used are courses by now. */
const PUBLISHED = 300;

const PUBLISH = `
  INSERT INTO public.courses (id, organization_id, user_id, title, status, generation_status, created_at, updated_at,
    generation_started_at, experiment_variant)
  SELECT course_id, organization_id, user_id, 'Course ' || row_number() OVER (ORDER BY created_at), 'published', 'completed',
    created_at, used_at, used_at, experiment_variant
  FROM (SELECT * FROM public.draft_ledger l WHERE used_at IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM public.courses c WHERE c.id = l.course_id)
    ORDER BY created_at DESC LIMIT ${PUBLISHED}) AS newest`;

export const seedLedger = async (
  client: SeedConnection,
  past: readonly PastDraft[],
): Promise<readonly SeedResult[]> => {
  const instants = (field: 'createdMs' | 'usedMs' | 'deletedMs'): (string | null)[] =>
    past.map((draft) => {
      const ms = draft[field];
      return ms === null ? null : iso(ms);
    });
  const deletedBy = past.map((draft) => draft.deletedBy);
  await client.query(INSERT, [instants('createdMs'), instants('usedMs'), instants('deletedMs'), deletedBy]);
  await client.query(PUBLISH);
  return [
    { table: 'public.draft_ledger', rows: past.length, eligible: 0 },
    { table: 'public.courses', rows: PUBLISHED, eligible: 0 },
  ];
};
