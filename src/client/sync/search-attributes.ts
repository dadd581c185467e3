// The search attributes that runs carry must be known to Temporal before the first run starts.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes.ts';
import type { Step } from './differences.ts';

/** Temporal's numbers for the types that are in use (temporal.api.enums.v1.IndexedValueType). */
const TYPE_NUMBERS = { Keyword: 2, Double: 4 } as const;

/** The server's frontends learn of a new attribute from a cache, which is renewed within this time. */
const USABLE_WITHIN_MS = 60_000;

const INVALID_ARGUMENT = 3;

const grpcCode = (error: unknown): number | undefined => (isGrpcServiceError(error) ? error.code : undefined);

const isUsable = async (client: Client, name: string): Promise<boolean> => {
  try {
    await client.workflow.count(`${name} IS NOT NULL`);
    return true;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if ([error, cause].some((each) => grpcCode(each) === INVALID_ARGUMENT)) return false;
    throw error;
  }
};

const waitUntilUsable = async (client: Client, names: readonly string[]): Promise<void> => {
  const deadline = Date.now() + USABLE_WITHIN_MS;
  for (const name of names) {
    while (!(await isUsable(client, name))) {
      if (Date.now() > deadline)
        throw new Error(`search attribute ${name} was added but is not usable yet; apply again`);
      await sleep(100);
    }
  }
};

/** One step for all that are missing; one of another type cannot be changed and is a failure. */
export const searchAttributeSteps = async (client: Client): Promise<readonly Step[]> => {
  const { namespace } = client.options;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  const wanted = Object.entries(SEARCH_ATTRIBUTES);
  for (const [name, type] of wanted) {
    const found: number | undefined = customAttributes[name];
    if (found === undefined || found === TYPE_NUMBERS[type]) continue;
    throw new Error(`search attribute ${name} exists with another type than ${type}; remove it, then apply`);
  }
  const missing = wanted.filter(([name]) => customAttributes[name] === undefined);
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, TYPE_NUMBERS[type]]));
  return [
    {
      differences: missing.map(([name, type]) => ({
        action: 'add',
        kind: 'search attribute',
        name,
        note: type,
      })),
      apply: async () => {
        await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
        await waitUntilUsable(
          client,
          missing.map(([name]) => name),
        );
      },
    },
  ];
};
