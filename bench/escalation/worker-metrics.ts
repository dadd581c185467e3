// What a worker process says of itself at its /metrics.

export interface WorkflowCache {
  /** Workflows that it keeps in memory. */
  readonly held: number;
  /** How often one was put out. */
  readonly evicted: number;
}

/** Sum over the queues of a gauge or counter; 0 where it has not been written yet. */
const sumOf = (text: string, name: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);

export const readWorkflowCache = async (address: string): Promise<WorkflowCache> => {
  const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  return {
    held: sumOf(text, 'temporal_sticky_cache_size'),
    evicted: sumOf(text, 'temporal_sticky_cache_total_forced_eviction_total'),
  };
};
