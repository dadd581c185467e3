// A worker of a version whose tables or search attributes are not there yet would take work that it cannot do.
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sexton } from '../support/command.ts';
import { freshDatabase, freshNamespace, redisUrl, temporalAddress } from '../support/stack.ts';

let connection: Connection;
let env: Record<string, string | undefined>;
beforeAll(async () => {
  connection = await Connection.connect({ address: temporalAddress() });
  env = {
    PATH: process.env['PATH'],
    DATABASE_URL: await freshDatabase('worker_not_applied'),
    REDIS_URL: redisUrl(),
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: await freshNamespace(new Client({ connection })),
  };
});
afterAll(() => connection.close());

it('does not start, and says what is missing and what to do', async () => {
  const refused = await sexton(env, 'worker');
  expect(refused).toMatchObject({ code: 4, stdout: '' });
  expect(refused.stderr).toMatch(
    /^not started: missing migration .*002_alerts.*; run `sexton apply`, then start the worker again\n$/,
  );
});
