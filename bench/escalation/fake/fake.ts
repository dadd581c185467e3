// The provider that pages go to: a webhook receiver that takes each Idempotency-Key once, in a process of its own.
import { fileURLToPath } from 'node:url';
import type { Env } from '../../../src/config/env.ts';
import { openHelper } from '../../shared/helper.ts';
import type { FromFake, Page, ToFake } from './protocol.ts';

const SCRIPT = fileURLToPath(new URL('./process.ts', import.meta.url));

/** Everything that was taken, in the order of its coming. */
export interface Taken {
  readonly pages: readonly Page[];
  readonly repeats: number;
}

export interface Fake {
  readonly pid: number;
  /** For WEBHOOK_URL and WEBHOOK_SECRET. */
  readonly url: string;
  readonly secret: string;
  /** Since it began, or since `forget`. Throws where a request was refused: that is never right here. */
  readonly taken: () => Promise<Taken>;
  /** Counts from now on. */
  readonly forget: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export const startFake = async (env: Env, answerAfterMs: number): Promise<Fake> => {
  const { pid, ask, stop } = openHelper<ToFake, FromFake>(SCRIPT, env);
  const began = await ask({ begin: { answerAfterMs } });
  if (!('url' in began)) throw new Error('the fake provider did not begin');
  let pages: Page[] = [];
  let [repeats, before] = [0, 0];
  const taken = async (): Promise<Taken> => {
    const said = await ask('read');
    if ('url' in said) throw new Error('the fake provider began twice');
    if (said.rejected.length > 0)
      throw new Error(`the fake provider refused ${said.rejected.length} requests: ${said.rejected[0]}`);
    pages.push(...said.pages);
    repeats = said.repeats;
    return { pages, repeats: repeats - before };
  };
  return {
    pid,
    ...began,
    taken,
    forget: async () => {
      await taken();
      pages = [];
      before = repeats;
    },
    stop,
  };
};
