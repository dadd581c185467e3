// What befell a run and was made up for: workers that died or hung, locks that were gone, slices that failed. Its workflow
// counts them, since it alone outlives them all.

export interface Mishaps {
  /** Attempts at slices that were given to another worker, because the one before had died or fallen silent. */
  readonly takenOver: number;
  /** Times the fence had to be raised on the way: the lock was gone and taken anew, or the database had gone back. */
  readonly raised: number;
  /** Slices that failed and were tried again, by the code of what failed. */
  readonly failed: Readonly<Record<string, number>>;
}

export const NO_MISHAPS: Mishaps = { takenOver: 0, raised: 0, failed: {} };

/** What one slice came upon. */
interface SliceMishaps {
  /** Temporal's, from 1; absent in results of before it was told. */
  readonly attempt?: number | undefined;
  readonly raised?: number;
  readonly failed?: string;
}

export const withSlice = (
  { takenOver, raised, failed }: Mishaps,
  { attempt = 1, raised: more = 0, failed: code }: SliceMishaps,
): Mishaps => ({
  takenOver: takenOver + attempt - 1,
  raised: raised + more,
  failed: code === undefined ? failed : { ...failed, [code]: (failed[code] ?? 0) + 1 },
});

const times = (n: number): string => (n === 1 ? 'once' : `${n} times`);

/** Empty where there were none. */
export const mishapWords = ({ takenOver, raised, failed }: Mishaps): string =>
  [
    ...(takenOver > 0 ? [`taken over from a dead or silent worker ${times(takenOver)}`] : []),
    ...(raised > 0 ? [`lock taken anew ${times(raised)}`] : []),
    ...Object.entries(failed).map(([code, n]) => `slice failed with ${code} ${times(n)}`),
  ].join('; ');
