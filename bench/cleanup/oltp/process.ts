// The load's own process, so that what the benchmark itself does never delays an operation.
import { type Load, startLoad } from './load.ts';
import type { FromLoad, ToLoad } from './protocol.ts';

let load: Load | undefined;

const tell = (message: FromLoad): Promise<void> =>
  new Promise((resolve) => process.send?.(message, () => resolve()));

const obey = async (message: ToLoad): Promise<void> => {
  if (message === 'stop') {
    if (load) await tell(await load.stop());
    process.disconnect();
    return;
  }
  load = await startLoad(message.begin);
  await tell('running');
};

process.on('message', (message: ToLoad) => {
  obey(message).catch((error: unknown) => {
    process.stderr.write(`the load failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
});
// The benchmark is gone.
process.on('disconnect', () => process.exit());
