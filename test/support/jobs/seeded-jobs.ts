// What `npm start` seeds for each job, written down apart from the seed: its report is held against this.

export interface Seeded {
  readonly table: string;
  readonly rows: number;
  readonly due: number;
  readonly age: string;
  readonly batch: number;
  /** The job's own, if it has one. */
  readonly where?: string;
  /** Default: that of sla-monitoring. */
  readonly inDatabase?: 'drafts';
}

/** What each job is held against: its table, how many rows were seeded there (SLA-11), its age, its batch. */
export const SEEDED = {
  cleanup_quiz_responses: {
    table: 'quiz_responses',
    rows: 50_000,
    due: 8_000,
    age: 'created_at',
    batch: 1_000,
  },
  cleanup_pdfs: { table: 'meal_plans', rows: 20_000, due: 2_500, age: 'pdf_generated_at', batch: 100 },
  cleanup_magic_links: {
    table: 'magic_link_tokens',
    rows: 120_000,
    due: 30_000,
    age: 'expires_at',
    batch: 1_000,
  },
  cleanup_blacklist: { table: 'email_blacklist', rows: 5_000, due: 200, age: 'expires_at', batch: 500 },
  // A quiet day: twelve drafts and 300 published courses, and nothing overdue.
  'cleanup-old-drafts-hourly': {
    table: 'courses',
    rows: 312,
    due: 0,
    age: 'created_at',
    batch: 500,
    where: "status = 'draft' AND generation_status IS NULL",
    inDatabase: 'drafts',
  },
} as const satisfies Record<string, Seeded>;

export type JobName = keyof typeof SEEDED;

export const JOBS = Object.keys(SEEDED) as JobName[];
