// `sexton worker`: serves every queue until it is told to stop.
import type { Command } from 'commander';
import { connectClient, temporalAddress } from '../../adapters/temporal/connect.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { blobSettings } from '../../config/blob.ts';
import { channelSettings } from '../../config/channels.ts';
import type { Env } from '../../config/env.ts';
import { heartbeatSettings, metricsAddress } from '../../config/worker-env.ts';
import { EXIT } from '../context.ts';
import { findDifferences } from '../sync/sync.ts';

export interface WorkerContext {
  readonly env: Env;
  readonly load: () => Promise<Catalog>;
  readonly err: Pick<NodeJS.WritableStream, 'write'>;
}

const findMissing = async (catalog: Catalog, env: Env) => {
  const { client, close } = await connectClient(temporalAddress(env));
  try {
    return await findDifferences({ catalog, client, only: ['migration', 'search attribute'] });
  } finally {
    await close();
  }
};

/**
 * Tables and search attributes that this version needs and that are not there: without one of them no escalation could
 * start. Where that cannot be found out the worker starts all the same, since it rings without Postgres too.
 */
const notApplied = async (catalog: Catalog, { env, err }: WorkerContext): Promise<boolean> => {
  const missing = await findMissing(catalog, env).catch(() => []);
  if (missing.length === 0) return false;
  const names = missing.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  err.write(`not started: missing ${names}; run \`sexton apply\`, then start the worker again\n`);
  return true;
};

/** Resolves once every queue has ended; SIGTERM and SIGINT let running batches finish first. */
const serve = async (context: WorkerContext): Promise<number> => {
  const { env, load } = context;
  const catalog = await load();
  if (await notApplied(catalog, context)) return EXIT.differences;
  // The SDK's worker is most of what the command line could load, and no other command needs it.
  const { createLogger } = await import('../../worker/runtime.ts');
  const { startWorker } = await import('../../worker/worker.ts');
  const logger = createLogger('info');
  const worker = await startWorker({
    catalog,
    temporal: temporalAddress(env),
    channels: channelSettings(env),
    blobs: blobSettings(env),
    metricsAddress: metricsAddress(env),
    heartbeat: heartbeatSettings(env),
    logger,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void worker.stop());
  await worker.done;
  return EXIT.yes;
};

export const registerWorker = (program: Command, context: WorkerContext): void => {
  program
    .command('worker')
    .description('run workflows and activities until stopped')
    .action(async () => {
      process.exitCode = await serve(context);
    });
};
