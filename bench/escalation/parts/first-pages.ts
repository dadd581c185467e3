// A flood of escalations opened at once, and as many bare workflows started in the same way on the same servers. The two
// take turns, and each round begins with the other one.
import type { Burst, Site } from '../bursts/burst.ts';
import { floorBurst } from '../bursts/floor.ts';
import { productBurst } from '../bursts/product.ts';
import { onGround, type PartInput } from './part.ts';

const BURSTS = [productBurst, floorBurst] as const;

/** What one burst says while the rest goes on. */
const line = ({ what, rate, lateness, evaluation }: Burst): string => {
  const door = evaluation === undefined ? '' : `, evaluation ${evaluation.toFixed(1)} s`;
  return `${what.padEnd(7)} ${rate.toFixed(1)}/s, p99 ${lateness.p99.toFixed(1)} s${door}`;
};

export const measureFirstPages = (input: PartInput): Promise<readonly Burst[]> =>
  onGround(input, {}, async (ground) => {
    const { options, say } = input;
    const { count, rounds, concurrency, cpuProfile } = options;
    const execArgv =
      cpuProfile === undefined
        ? []
        : ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${cpuProfile}`];
    const [worker] = await ground.startWorkers(1, { execArgv });
    if (!worker) throw new Error('there is no worker');
    const floor = await ground.startFloor();
    const site: Site = { ground, worker, floor, concurrency, say };
    const bursts: Burst[] = [];
    for (const burst of BURSTS) {
      const { what, rate } = await burst(site, { round: 0, count: Math.ceil(count / 6) });
      say(`  warming up, not counted: ${what} ${rate.toFixed(1)}/s`);
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const burst of round % 2 === 1 ? BURSTS : BURSTS.toReversed()) {
        const measured = await burst(site, { round, count });
        bursts.push(measured);
        say(`  round ${round}  ${line(measured)}`);
      }
    }
    return bursts;
  });
