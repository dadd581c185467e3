// A helper process that answers each message with one: asks, and hears of its end.
import type { Env } from '../../src/config/env.ts';
import { startHelper } from './program.ts';

export interface Helper<To extends string | object, From> {
  readonly pid: number;
  /** One question at a time; rejects where the process ends instead of answering. */
  readonly ask: (message: To) => Promise<From>;
  readonly stop: () => Promise<void>;
}

export const openHelper = <To extends string | object, From>(script: string, env: Env): Helper<To, From> => {
  const child = startHelper(script, env);
  // Not 'close': it does not come where this side has cut the channel.
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    ask: (message) =>
      new Promise((resolve, reject) => {
        const gone = (code: number | null): void =>
          reject(new Error(`the process of ${script.split('/').slice(-2).join('/')} ended with ${code}`));
        child.once('exit', gone);
        child.once('error', reject);
        child.once('message', (said) => {
          child.off('exit', gone);
          child.off('error', reject);
          resolve(said as From);
        });
        child.send(message);
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
};
