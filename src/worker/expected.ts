// What is to be seen of Sexton's own life, by what its configuration declares.
import type { Catalog } from '../catalog/catalog.ts';
import { longestGapSeconds } from '../catalog/cron.ts';
import { CANARY_SLACK_SECONDS, type Expected } from '../domain/alerts/pulse.ts';
import { CANARY } from '../domain/alerts/self.ts';

interface Asking {
  /** Of whoever asks: a monitor that was never evaluated may be that new. */
  readonly upSeconds: number;
  readonly slackSeconds?: number;
}

export const expectedOf = (
  { monitors }: Pick<Catalog, 'monitors'>,
  { upSeconds, slackSeconds = CANARY_SLACK_SECONDS }: Asking,
): Expected => {
  const canary = monitors.find(({ id }) => id === CANARY.monitorId);
  return {
    ...(canary && { canary: { everySeconds: canary.snapshot.cadenceSeconds, slackSeconds } }),
    monitors: monitors.map(({ id, schedule }) => ({ id, everySeconds: longestGapSeconds(schedule) })),
    upSeconds,
  };
};
