// What is to be seen of Sexton's own life, by what its configuration declares.
import type { Catalog } from '../catalog/catalog.ts';
import { longestGapSeconds } from '../catalog/cron.ts';
import { CANARY_SLACK_SECONDS, type Expected } from '../domain/alerts/pulse.ts';
import { CANARY } from '../domain/alerts/self.ts';
import { monitorId } from '../domain/ids.ts';

interface Asking {
  /** Of whoever asks: a monitor that was never evaluated may be that new. */
  readonly upSeconds: number;
  readonly slackSeconds?: number;
}

export const expectedOf = (
  { monitors, checks = [] }: Pick<Catalog, 'monitors'> & Partial<Pick<Catalog, 'checks'>>,
  { upSeconds, slackSeconds = CANARY_SLACK_SECONDS }: Asking,
): Expected => {
  const canary = monitors.find(({ id }) => id === CANARY.monitorId);
  return {
    ...(canary && { canary: { everySeconds: canary.snapshot.cadenceSeconds, slackSeconds } }),
    // Ticks of health checks are kept with those of monitors, by the same kind of id.
    monitors: [
      ...monitors,
      ...checks.map((check) => ({ ...check, id: monitorId(check.pack, check.name) })),
    ].map(({ id, schedule }) => ({ id, everySeconds: longestGapSeconds(schedule) })),
    upSeconds,
  };
};
