// The floor beside the product: bare workflows, started as escalations are, served by an equal worker process.
import { fileURLToPath } from 'node:url';
import type { Env } from '../../../src/config/env.ts';
import { openHelper } from '../../shared/helper.ts';
import type { FromFloor, ToFloor } from './protocol.ts';

const SCRIPT = fileURLToPath(new URL('./process.ts', import.meta.url));

export interface Floor {
  readonly pid: number;
  /** Ends of activities since the last question, Unix milliseconds. */
  readonly ended: () => Promise<readonly number[]>;
  readonly stop: () => Promise<void>;
}

/** Resolves once its queue is polled. */
export const startFloor = async (env: Env): Promise<Floor> => {
  const { pid, ask, stop } = openHelper<ToFloor, FromFloor>(SCRIPT, env);
  await ask('begin');
  return {
    pid,
    ended: async () => (await ask('read')).ended,
    stop: async () => {
      await ask('stop');
      await stop();
    },
  };
};
