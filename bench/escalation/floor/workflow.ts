// The floor: what Temporal itself takes for one no-op activity and one timer. Bundled by itself, on a queue of its own.
import { proxyActivities, sleep } from '@temporalio/workflow';

export interface FloorActivities {
  readonly nothing: () => Promise<void>;
}

const { nothing } = proxyActivities<FloorActivities>({ startToCloseTimeout: '2m' });

export async function floor(seconds: number): Promise<void> {
  await nothing();
  await sleep(seconds * 1000);
}
