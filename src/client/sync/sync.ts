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

type Kind = Difference['kind'];

/** In the order in which they must be done: a schedule may start a run at once, so all else comes first. */
const FINDERS: readonly {
  readonly kind: Kind;
  readonly find: (input: SyncInput) => Promise<readonly Step[]>;
}[] = [
  { kind: 'migration', find: ({ catalog }) => migrationSteps(catalog) },
  { kind: 'search attribute', find: ({ client }) => searchAttributeSteps(client) },
  { kind: 'schedule', find: ({ catalog, client }) => scheduleSteps(client, catalog) },
];

const steps = async (input: SyncInput, only?: readonly Kind[]): Promise<readonly Step[]> => {
  const found: Step[] = [];
  for (const { kind, find } of FINDERS) {
    if (!only || only.includes(kind)) found.push(...(await find(input)));
  }
  return found;
};

/** Everything that `applyDifferences` would do. Changes nothing. */
export const findDifferences = async (input: SyncInput): Promise<readonly Difference[]> =>
  (await steps(input)).flatMap(({ differences }) => differences);

export interface ApplyInput extends SyncInput {
  /** Kinds of difference to resolve; all of them unless stated. */
  readonly only?: readonly Kind[];
  /** Hears of each difference as it is resolved. */
  readonly onDone?: (difference: Difference) => void;
}

/** Does everything that differs and returns it. */
export const applyDifferences = async ({
  only,
  onDone = () => {},
  ...input
}: ApplyInput): Promise<readonly Difference[]> => {
  const done: Difference[] = [];
  for (const step of await steps(input, only)) {
    await step.apply();
    for (const difference of step.differences) {
      done.push(difference);
      onDone(difference);
    }
  }
  return done;
};
