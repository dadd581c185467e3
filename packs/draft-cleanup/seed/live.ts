// The drafts that are there now: so old, used or not, over twelve organizations. The same instant gives the same rows.
import type { SeedConnection, SeedResult } from '../../../src/index.ts';
import { HOUR_MS, iso } from './hours.ts';

export interface LiveDraft {
  readonly ageHours: number;
  readonly used: boolean;
}

const ORGANIZATIONS = 12;

const unused = (ages: readonly number[]): LiveDraft[] => ages.map((ageHours) => ({ ageHours, used: false }));

const used = (ages: readonly number[]): LiveDraft[] => ages.map((ageHours) => ({ ageHours, used: true }));

/** The twelve of DRAFT-40: 25 % unused, nothing overdue. */
export const STEADY: readonly LiveDraft[] = [
  ...unused([0.2, 0.5, 1]),
  ...used([0.3, 0.7, 0.9, 2, 4, 5.9, 6, 12, 24]),
];

/** So many drafts, so many of them unused, evenly over the hours up to `oldest`: none is overdue, and few came lately. */
export const drafts = (total: number, never: number, oldest = 20): readonly LiveDraft[] =>
  Array.from({ length: total }, (_, place) => ({
    ageHours: (oldest * (place + 0.5)) / total,
    // Every so many-th, so that old and young ones are among both.
    used: Math.floor(((place + 1) * never) / total) === Math.floor((place * never) / total),
  }));

const INSERT = `
  INSERT INTO public.courses (id, organization_id, user_id, title, status, generation_status, created_at, updated_at,
    generation_started_at, experiment_variant)
  SELECT md5('draft-' || n)::uuid, md5('organization-' || n % ${ORGANIZATIONS})::uuid, md5('user-' || n % 40)::uuid,
    'Course draft ' || n, 'draft', CASE WHEN used THEN 'completed' END, created_at,
    CASE WHEN used THEN created_at + interval '1 minute' ELSE created_at END,
    CASE WHEN used THEN created_at + interval '1 minute' END, (ARRAY['control', 'treatment'])[n % 2 + 1]
  FROM unnest($1::timestamptz[], $2::boolean[]) WITH ORDINALITY AS draft (created_at, used, n)`;

const ORGANIZATION = `
  INSERT INTO public.organizations (id, name, created_at)
  SELECT md5('organization-' || n)::uuid, 'Organization ' || chr(65 + n), $1::timestamptz - interval '2 years'
  FROM generate_series(0, ${ORGANIZATIONS - 1}) AS n`;

/** Old enough to go, by the pack's default. */
const RETENTION_HOURS = 24;

/** The table must be empty; the ledger follows by itself. */
export const seedLive = async (
  client: SeedConnection,
  now: Date,
  live: readonly LiveDraft[],
): Promise<readonly SeedResult[]> => {
  await client.query(ORGANIZATION, [now.toISOString()]);
  await client.query(INSERT, [
    live.map(({ ageHours }) => iso(now.getTime() - Math.round(ageHours * HOUR_MS))),
    live.map((draft) => draft.used),
  ]);
  const overdue = live.filter((draft) => !draft.used && draft.ageHours > RETENTION_HOURS).length;
  return [
    { table: 'public.organizations', rows: ORGANIZATIONS, eligible: 0 },
    { table: 'public.courses', rows: live.length, eligible: overdue },
  ];
};
