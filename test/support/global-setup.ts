// One real stack and one workflow bundle for the whole suite. Files keep apart by their own databases, lock keys
// and task queues; servers are stopped however the suite ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { SEARCH_ATTRIBUTES } from '../../src/domain/search-attributes.ts';
import { startStack } from '../../src/local/stack.ts';
import { bundleWorkflows } from '../../src/worker/worker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    redisUrl: string;
    /** Superuser address of the suite's own Postgres, without a database. */
    postgresUrl: string;
    bundlePath: string;
  }
}

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const [stack, bundle] = await Promise.all([
    // The suite never uses servers given by environment: it creates, empties and stops what it uses.
    startStack({
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: undefined,
        DATABASE_URL: undefined,
        REDIS_URL: undefined,
        SEXTON_DATABASE_URL: undefined,
      },
      say: (line) => console.error(line),
      searchAttributes: SEARCH_ATTRIBUTES,
    }),
    bundleWorkflows(),
  ]);
  const directory = mkdtempSync(join(tmpdir(), 'sexton-bundle-'));
  const bundlePath = join(directory, 'workflows.js');
  writeFileSync(bundlePath, bundle.code);
  provide('temporalAddress', stack.temporal.address);
  provide('redisUrl', stack.redis.url);
  provide('postgresUrl', stack.postgres.urlOf('postgres'));
  provide('bundlePath', bundlePath);
  return async () => {
    rmSync(directory, { recursive: true, force: true });
    await stack.stop();
  };
};
