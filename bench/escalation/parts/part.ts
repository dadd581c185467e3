// What every part is given.
import type { Ground, GroundOptions } from '../ground.ts';
import { openGround } from '../ground.ts';
import type { BenchOptions } from '../options.ts';

export interface PartInput {
  readonly options: BenchOptions;
  readonly ground: Pick<GroundOptions, 'env' | 'fromSources' | 'temporal'>;
  readonly say: (line: string) => void;
}

/** A ground of its own for `work`, taken down again however that ends. */
export const onGround = async <T>(
  { ground: common, say }: PartInput,
  own: Pick<GroundOptions, 'answerAfterMs' | 'variables'>,
  work: (ground: Ground) => Promise<T>,
): Promise<T> => {
  // The servers' own lines say the same for every part.
  const ground = await openGround({ ...common, ...own, say: () => {} });
  try {
    return await work(ground);
  } catch (error) {
    // Now, since what it left may take its time to end.
    say(`  failed: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  } finally {
    say('  taking everything down');
    await ground.close();
  }
};
