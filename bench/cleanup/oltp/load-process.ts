// Starts the load's process and gets its operations back.
import { fileURLToPath } from 'node:url';
import type { Env } from '../../../src/config/env.ts';
import { startHelper } from '../../shared/program.ts';
import type { FromLoad, LoadOrder, Operation, ToLoad } from './protocol.ts';

const SCRIPT = fileURLToPath(new URL('./process.ts', import.meta.url));

export interface RunningLoad {
  /** Every operation from begin to stop, in no order. */
  readonly stop: () => Promise<readonly Operation[]>;
}

/** Resolves once operations are under way. */
export const startLoadProcess = async (order: LoadOrder, env: Env): Promise<RunningLoad> => {
  const child = startHelper(SCRIPT, env);
  const next = (): Promise<FromLoad> =>
    new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as FromLoad));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the load's process ended with ${code}`)));
    });
  const ask = async (message: ToLoad): Promise<FromLoad> => {
    const answer = next();
    child.send(message);
    return answer;
  };
  await ask({ begin: order });
  return {
    stop: async () => {
      const answer = await ask('stop');
      if (answer === 'running') throw new Error('the load did not stop');
      if (answer.failed.length > 0)
        throw new Error(`${answer.failed.length} operations failed, the first: ${answer.failed[0]}`);
      return answer.operations;
    },
  };
};
