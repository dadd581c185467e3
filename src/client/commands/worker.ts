// `sexton worker`: serves every queue until it is told to stop.
import type { Command } from 'commander';
import { temporalAddress } from '../../adapters/temporal/connect.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { blobSettings } from '../../config/blob.ts';
import { channelSettings } from '../../config/channels.ts';
import type { Env } from '../../config/env.ts';
import { heartbeatSettings, metricsAddress } from '../../config/worker-env.ts';
import { EXIT } from '../context.ts';

export interface WorkerContext {
  readonly env: Env;
  readonly load: () => Promise<Catalog>;
}

/** Resolves once every queue has ended; SIGTERM and SIGINT let running batches finish first. */
const serve = async ({ env, load }: WorkerContext): Promise<number> => {
  // The SDK's worker is most of what the command line could load, and no other command needs it.
  const { createLogger } = await import('../../worker/runtime.ts');
  const { startWorker } = await import('../../worker/worker.ts');
  const logger = createLogger('info');
  const worker = await startWorker({
    catalog: await load(),
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
