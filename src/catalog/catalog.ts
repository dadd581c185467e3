// Everything that is declared and sound, with addresses resolved: what the worker, the CLI and the tests
// work from. Finding things in it by name lives here too.
import type { JobSnapshot } from '../domain/job.ts';
import { closeMatches } from './close-matches.ts';
import type { CheckedPack } from './schema/config.ts';
import type { Profile } from './variables.ts';

/** A job with its schedule; the snapshot is what its runs get. */
export interface CatalogJob {
  /** `<pack>/job/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly schedule: string;
  readonly snapshot: JobSnapshot;
}

/** One database of one pack. */
export interface CatalogDatabase {
  readonly pack: string;
  readonly name: string;
  readonly url: string;
  /** Absolute folder of the pack's migrations; absent where it brings none. */
  readonly migrationsDir?: string;
}

/** What is declared, checked and resolved. */
export interface Catalog {
  readonly profile: Profile;
  readonly packs: readonly CheckedPack[];
  readonly jobs: readonly CatalogJob[];
  readonly databases: readonly CatalogDatabase[];
  /** Sexton's own database. */
  readonly home: { readonly url: string };
  /** Where locks are kept. */
  readonly redisUrl: string;
  /** As stated by environment; what is absent is left to the SDK's own configuration. */
  readonly temporal: { readonly address?: string; readonly namespace?: string };
}

/** A name that means nothing, or more than one thing: exit code 2. */
export class UnknownNameError extends Error {
  override readonly name = 'UnknownNameError';
  /** Ids that may have been meant. */
  readonly candidates: readonly string[];

  constructor(message: string, candidates: readonly string[]) {
    super(message);
    this.candidates = candidates;
  }
}

/** Finds a job by its id, or by its bare name while that is unique. */
export const findJob = (catalog: Pick<Catalog, 'jobs'>, name: string): CatalogJob => {
  const found = catalog.jobs.filter((job) => job.id === name || job.name === name);
  const ids = found.map(({ id }) => id);
  if (found.length > 1) {
    throw new UnknownNameError(`job ${name} is in several packs, so name one: ${ids.join(', ')}`, ids);
  }
  const [job] = found;
  if (job) return job;
  const near = closeMatches(
    name,
    catalog.jobs.map((each) => (name.includes('/') ? each.id : each.name)),
  );
  const known = near.length > 0 ? near : catalog.jobs.map((each) => each.id);
  const hint =
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are: ${known.join(', ') || 'none'}`;
  throw new UnknownNameError(`no job ${name}; ${hint}`, known);
};
