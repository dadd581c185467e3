// Tells Sentry's cron monitors when a schedule begins and ends its work, so that somebody else than Sexton notices when
// Sexton does nothing at all. It never delays and never fails what it tells of.
import { createHash } from 'node:crypto';
import { parseDsn } from '../../domain/alerts/sentry-dsn.ts';
import { ChannelError, type ChannelLogger } from '../channel.ts';
import type { SentrySettings } from '../settings.ts';
import { createSentryApi, idOf } from './api.ts';

/** What one schedule has to tell. */
export interface CheckIn {
  /** `<pack>/job/<name>` or `<pack>/monitor/<name>`. */
  readonly id: string;
  /** The same from beginning to end of one run or tick, and on every retry. */
  readonly run: string;
  readonly status: 'in_progress' | 'ok' | 'error';
  readonly durationSeconds?: number;
}

/** How Sentry knows when it is late; a schedule without it is known by its check-ins alone. */
export interface CheckInSchedule {
  /** Five cron fields, UTC; or so many minutes between two ticks. */
  readonly cron: string | number;
  /** After this long in progress it counts as failed. */
  readonly maxSeconds: number;
}

export interface CheckIns {
  /** Returns at once; what becomes of it is nobody's wait. */
  readonly tell: (checkIn: CheckIn) => void;
}

const TIMEOUT_MS = 2_000;
/** So late a schedule may begin before Sentry calls it missed. */
const MARGIN_MINUTES = 5;
const SLUG = 50;

/** `sla-monitoring-cleanup_magic_links`; what is too long gets a digest, so that no two are one. */
export const monitorSlug = (id: string): string => {
  const slug = id.replace(/\/job\//, '-').replaceAll(/[^a-z0-9_-]/g, '-');
  if (slug.length <= SLUG) return slug;
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 8);
  return `${slug.slice(0, SLUG - digest.length - 1)}-${digest}`;
};

const body = (
  { id, run, status, durationSeconds }: CheckIn,
  schedule: CheckInSchedule | undefined,
  environment: string | undefined,
): object => ({
  check_in_id: idOf(`${id} ${run}`),
  monitor_slug: monitorSlug(id),
  status,
  ...(durationSeconds !== undefined && { duration: durationSeconds }),
  ...(environment !== undefined && { environment }),
  ...(schedule && {
    monitor_config: {
      schedule:
        typeof schedule.cron === 'number'
          ? { type: 'interval', value: schedule.cron, unit: 'minute' }
          : { type: 'crontab', value: schedule.cron },
      timezone: 'UTC',
      checkin_margin: MARGIN_MINUTES,
      max_runtime: Math.max(1, Math.ceil(schedule.maxSeconds / 60)),
    },
  }),
});

/** Undefined where Sentry is not to be told. */
export const createSentryCheckIns = ({
  settings,
  scheduleOf,
  logger,
}: {
  readonly settings: SentrySettings | undefined;
  readonly scheduleOf: (id: string) => CheckInSchedule | undefined;
  readonly logger: Pick<ChannelLogger, 'warn'>;
}): CheckIns | undefined => {
  const dsn = settings?.checkIns ? parseDsn(settings.dsn) : undefined;
  if (!dsn) return undefined;
  const api = createSentryApi(dsn);
  let silent = false;
  /** Once, until one arrives again: a Sentry that is away for a night is one line. */
  const complain = (error: unknown): void => {
    if (silent) return;
    silent = true;
    const why = error instanceof ChannelError ? error.message : 'it could not be sent';
    logger.warn({ why }, 'Sentry does not hear of our schedules');
  };
  return {
    tell: (checkIn) => {
      const item = {
        type: 'check_in',
        body: body(checkIn, scheduleOf(checkIn.id), settings?.environment),
        categories: ['monitor'],
      } as const;
      api(item, AbortSignal.timeout(TIMEOUT_MS)).then(() => {
        silent = false;
      }, complain);
    },
  };
};
