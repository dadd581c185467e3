// Whose reports are measured, on which seed, and the parameters without which one would look where the seed has no rows.

export interface Subject {
  /** Name of a pack of this repository's sexton.config.ts. */
  readonly pack: string;
  /** The seed that budgets are measured on (DRAFT-14). */
  readonly scenario: string;
  /** By report, where its defaults would not do. */
  readonly params: (now: Date) => Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

const daysBefore = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString();

export const SUBJECTS: readonly Subject[] = [
  {
    pack: 'draft-cleanup',
    scenario: 'large',
    // In the middle of the ledger's sixty days: both windows are full.
    params: (now) => ({ redis_consistency_check: { cutover: daysBefore(now, 30) } }),
  },
  { pack: 'sla-monitoring', scenario: 'base', params: () => ({}) },
];
