// The floor's worker process: the product's kind of worker, with as many slots for activities as send messages there.
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { temporalAddress } from '../../../src/adapters/temporal/connect.ts';
import { processEnv } from '../../../src/config/env.ts';
import { createLogger, installRuntime } from '../../../src/worker/runtime.ts';
import { FLOOR_QUEUE, type FromFloor, type ToFloor } from './protocol.ts';
import type { FloorActivities } from './workflow.ts';

/** As on the product's queue of messages. */
const SLOTS = 50;

let ended: number[] = [];
let stop = async (): Promise<void> => {};

const activities: FloorActivities = {
  nothing: async () => {
    ended.push(Date.now());
  },
};

const begin = async (): Promise<void> => {
  installRuntime({ logger: createLogger('warn') });
  const silent = (): void => {};
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
    logger: { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent },
  });
  const { connectionOptions, namespace = 'default' } = temporalAddress(processEnv());
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: FLOOR_QUEUE,
    activities,
    workflowBundle,
    maxConcurrentActivityTaskExecutions: SLOTS,
  });
  const done = worker.run();
  stop = async () => {
    worker.shutdown();
    await done;
    await connection.close();
  };
};

const answer = async (message: ToFloor): Promise<FromFloor> => {
  if (message === 'begin') await begin();
  if (message === 'stop') await stop();
  const since = ended;
  ended = [];
  return { ended: since };
};

process.on('message', (message: ToFloor) => {
  answer(message).then(
    (said) => process.send?.(said),
    (error: unknown) => {
      process.stderr.write(
        `the floor's worker failed: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      process.exit(1);
    },
  );
});
// The benchmark is gone.
process.on('disconnect', () => process.exit());
