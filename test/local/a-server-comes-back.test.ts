// Fault tests take servers down and up again: each comes back where it was, with what it had promised to keep.
import { Connection } from '@temporalio/client';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../src/local/stack.ts';
import { startStack } from '../../src/local/stack.ts';
import { eventually } from '../support/eventually.ts';
import { embeddingEnv, ownCache } from './support.ts';

const { cache, remove } = ownCache();
const said: string[] = [];
let stack: Stack;

beforeAll(async () => {
  const env = embeddingEnv({ SEXTON_CACHE_DIR: cache });
  const searchAttributes = { SextonTest: 'Keyword' } as const;
  stack = await startStack({ env, say: (line) => said.push(line), temporalDbFile: true, searchAttributes });
});
afterAll(async () => {
  await stack?.stop();
  remove();
});

const query = async (sql: string): Promise<unknown> => {
  const client = new Client({ connectionString: stack.postgres.urlOf('kept') });
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  await client.end();
  return rows;
};

describe('a server that was taken down', () => {
  it('comes back: Postgres with all that was committed before the crash', async () => {
    await Promise.all([stack.postgres.createDatabase('kept'), stack.postgres.createDatabase('kept')]);
    await query('CREATE TABLE t AS SELECT 42 AS answer');
    await query('CREATE EXTENSION pg_stat_statements');
    const before = stack.pids['postgres'];
    await stack.restart('postgres');
    expect(await query('SELECT answer FROM t')).toEqual([[42]]);
    expect(stack.pids['postgres']).not.toBe(before);
  });

  it('comes back: Redis on its port, empty', async () => {
    const redis = new Redis(stack.redis.url);
    redis.on('error', () => {});
    await redis.set('key', 'value');
    await stack.restart('redis');
    expect(await redis.get('key')).toBeNull();
    redis.disconnect();
  });

  it('comes back: Temporal with its executions, when it keeps them in a file', async () => {
    const { address, namespace } = stack.temporal;
    const before = await Connection.connect({ address });
    const start = {
      namespace,
      workflowId: 'kept',
      workflowType: { name: 'none' },
      taskQueue: { name: 'none' },
    };
    const { runId } = await before.workflowService.startWorkflowExecution({ ...start, requestId: 'once' });
    await before.close();
    await stack.halt('temporal', 'orderly');
    await expect(Connection.connect({ address, connectTimeout: 500 })).rejects.toThrow();
    await stack.launch('temporal');
    const after = await Connection.connect({ address });
    const execution = { workflowId: 'kept', runId };
    const described = await after.workflowService.describeWorkflowExecution({ namespace, execution });
    expect(described.workflowExecutionInfo?.status).toBe(1);
    await after.close();
  });

  it('is missed aloud when nobody took it down', async () => {
    process.kill(stack.pids['redis'] ?? 0, 'SIGKILL');
    await eventually('it was said', () => said.includes('redis     ended by itself (SIGKILL)'));
    await stack.launch('redis');
    const redis = new Redis(stack.redis.url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });
});
