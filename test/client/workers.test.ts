// `workers`: who serves each queue, on a real Temporal server with workers of this build, of another, and without any.
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { registerWorkers } from '../../src/client/commands/workers.ts';
import { buildId } from '../../src/config/build-id.ts';
import { workerIdentity } from '../../src/domain/worker-identity.ts';
import { queueTable } from '../../src/worker/queues.ts';
import { eventually } from '../support/eventually.ts';
import { type } from '../support/programs/typing.ts';
import { connectTemporal, freshNamespace } from '../support/stack.ts';

const databases = [{ pack: 'shop', name: 'main', url: '' }];

let temporal: Awaited<ReturnType<typeof connectTemporal>>;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.close());

/** A namespace whose queues are served by workers of a build while `work` runs. */
const served = async <T>(build: string | undefined, work: (client: Client) => Promise<T>): Promise<T> => {
  const namespace = await freshNamespace(temporal.client);
  const client = new Client({ connection: temporal.client.connection, namespace });
  if (build === undefined) return work(client);
  const workers = await Promise.all(
    queueTable(databases).map(({ taskQueue, workflows }) =>
      Worker.create({
        connection: temporal.native,
        namespace,
        taskQueue,
        identity: workerIdentity({ pid: 7, host: 'shed', build }),
        activities: { nothing: async () => {} },
        ...(workflows && { workflowBundle: { codePath: inject('bundlePath') } }),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  try {
    return await work(client);
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
};

const ask = async (client: Client, ...args: string[]) => {
  const catalog = { databases } as unknown as Catalog;
  const { code, stdout } = await type([registerWorkers], { catalog, client }, ['workers', ...args, '--json']);
  return { code, ...JSON.parse(stdout) };
};

describe('workers', () => {
  it('says that every queue is served by the build that stands here, and exits with 0 (DRAFT-86)', async () => {
    await served(buildId(), async (client) => {
      const found = await eventually('every queue is asked', async () => {
        const told = await ask(client);
        return told.code === 0 && told;
      });
      expect(found.expectedBuild).toBe(buildId());
      expect(found.queues).toHaveLength(5);
    });
  });

  it('exits with 1 where only another build serves a queue, and names it (DRAFT-86)', async () => {
    await served('0ld', async (client) => {
      const found = await eventually('every queue is asked', async () => {
        const told = await ask(client, '--pack', 'shop');
        return told.code === 1 && told;
      });
      expect(found.queues[0]).toMatchObject({ status: 'older', workers: [{ build: '0ld' }] });
    });
  });

  it('exits with 2 where nobody serves a queue (DRAFT-86)', async () => {
    await served(undefined, async (client) => {
      expect(await ask(client)).toMatchObject({
        code: 2,
        queues: expect.arrayContaining([{ queue: 'sexton-cleanup/shop/main', status: 'none', workers: [] }]),
      });
    });
  });
});
