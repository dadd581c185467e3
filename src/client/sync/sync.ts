// Declared against found, across Postgres and Temporal: what differs, and making it so.
import type { Client } from '@temporalio/client';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Difference, Step } from './differences.ts';
import { migrationSteps } from './migrations.ts';
import { scheduleSteps } from './schedules.ts';
import { searchAttributeSteps } from './search-attributes.ts';

/** What is compared: the catalog, and the Temporal namespace that the client is bound to. */
export interface SyncInput {
  readonly catalog: Catalog;
  readonly client: Client;
}

/** In the order in which they must be done: a schedule may start a run at once, so all else comes first. */
const steps = async ({ catalog, client }: SyncInput): Promise<readonly Step[]> => [
  ...(await migrationSteps(catalog)),
  ...(await searchAttributeSteps(client)),
  ...(await scheduleSteps(client, catalog.jobs)),
];

/** Everything that `applyDifferences` would do. Changes nothing. */
export const findDifferences = async (input: SyncInput): Promise<readonly Difference[]> =>
  (await steps(input)).flatMap(({ differences }) => differences);

export interface ApplyInput extends SyncInput {
  /** Kinds of difference to resolve; all of them unless stated. */
  readonly only?: readonly Difference['kind'][];
  /** Hears of each difference as it is resolved. */
  readonly onDone?: (difference: Difference) => void;
}

/** Does everything that differs and returns it. */
export const applyDifferences = async ({
  only,
  onDone = () => {},
  ...input
}: ApplyInput): Promise<readonly Difference[]> => {
  const wanted = ({ differences: [first] }: Step): boolean =>
    !only || (first !== undefined && only.includes(first.kind));
  const done: Difference[] = [];
  for (const step of (await steps(input)).filter(wanted)) {
    await step.apply();
    for (const difference of step.differences) {
      done.push(difference);
      onDone(difference);
    }
  }
  return done;
};
