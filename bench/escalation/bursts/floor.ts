// The floor's burst: as many bare workflows, started with the same concurrency.
import { atOnce } from '../../shared/at-once.ts';
import { watchCpu } from '../../shared/cpu.ts';
import { FLOOR_QUEUE } from '../floor/protocol.ts';
import { clearAway } from '../open.ts';
import { FAR_SECONDS } from '../terms.ts';
import { type Burst, SILENCE_SECONDS, type Site, type Turn, timing, watchProcesses } from './burst.ts';

export const floorBurst = async (site: Site, { round, count }: Turn): Promise<Burst> => {
  const { ground, floor, concurrency } = site;
  const ids = Array.from({ length: count }, (_, n) => `floor/${round}/${n}`);
  await floor.ended();
  const [cpu, processes, from] = [watchCpu(), watchProcesses(site), Date.now()];
  await atOnce(ids, concurrency, (workflowId) =>
    ground.client.workflow.start('floor', { taskQueue: FLOOR_QUEUE, workflowId, args: [FAR_SECONDS] }),
  );
  const ended: number[] = [];
  for (let heardAt = Date.now(); ended.length < count; ) {
    const more = await floor.ended();
    ended.push(...more);
    if (more.length > 0) heardAt = Date.now();
    if (Date.now() - heardAt > SILENCE_SECONDS * 1000)
      throw new Error(`the floor stopped after ${ended.length} of ${count} activities`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const to = Math.max(...ended);
  const burst: Burst = {
    round,
    what: 'floor',
    count,
    ...timing({ from, to, ended }),
    cpu: cpu({ from, to }),
    cpuSeconds: processes(),
  };
  await clearAway(ground, ids);
  return burst;
};
