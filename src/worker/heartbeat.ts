// The dead man's switch: a plain timer beside the Temporal workers that asks Postgres whether alerts come through, and
// only then calls HEARTBEAT_URL. Whoever is called there notices that it stops; nothing here has to work for that.
import { setTimeout as sleep } from 'node:timers/promises';
import { callHttp, HttpUnanswered } from '../adapters/http.ts';
import { readPulse } from '../adapters/postgres/alerts/pulse.ts';
import { createPool } from '../adapters/postgres/pool.ts';
import { lookReadOnly } from '../adapters/postgres/read-only.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import { type Expected, failingConditions } from '../domain/alerts/pulse.ts';
import { expectedOf } from './expected.ts';

export interface HeartbeatSettings {
  /** Called with GET while all is well; never told anything else. */
  readonly url: string;
  readonly everySeconds: number;
  /** How late a canary may be. Default 120. */
  readonly slackSeconds?: number;
}

export interface HeartbeatInput extends HeartbeatSettings {
  readonly catalog: Pick<Catalog, 'home' | 'monitors'> & Partial<Pick<Catalog, 'checks'>>;
  readonly logger: ChannelLogger;
}

/** What keeps it from beating: a condition that does not hold, or somebody who does not answer. */
interface Fault {
  readonly about: string;
  readonly message: string;
  readonly next?: string;
}

const LOOK_MS = 5_000;
const CALL_MS = 10_000;
/** A lost packet is no death. */
const TRIES = 2;

/** Beats at once and then at every period, until it is stopped. */
export const startHeartbeat = (input: HeartbeatInput): { readonly stop: () => Promise<void> } => {
  const { catalog, everySeconds, logger } = input;
  // Its own connection, so that it waits for nobody; that it does not get one is an answer, too.
  const home = createPool({ url: catalog.home.url, max: 1, statementSeconds: LOOK_MS / 1000 });
  const stopping = new AbortController();
  const startedMs = performance.now();
  const say = createTeller(logger);
  const beat = async (): Promise<void> => {
    const upSeconds = (performance.now() - startedMs) / 1000;
    const faults = await look(home, expectedOf(catalog, { ...input, upSeconds }), stopping.signal);
    if (stopping.signal.aborted) return;
    const unsent = faults.length === 0 ? await call(input.url, stopping.signal) : undefined;
    if (!stopping.signal.aborted) say(unsent ? [unsent] : faults);
  };
  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const begunMs = performance.now();
      await beat();
      const restMs = Math.max(0, everySeconds * 1000 - (performance.now() - begunMs));
      await sleep(restMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  };
  const done = live();
  return {
    stop: async () => {
      stopping.abort();
      await done;
      await home.end();
    },
  };
};

const look = async (
  home: ReturnType<typeof createPool>,
  expected: Expected,
  stopping: AbortSignal,
): Promise<readonly Fault[]> => {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(2 * LOOK_MS)]);
  try {
    const pulse = await lookReadOnly(home, { timeoutMs: LOOK_MS, signal }, readPulse);
    return failingConditions(pulse, expected).map(({ condition: about, ...rest }) => ({ about, ...rest }));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [
      { about: 'home database', message: `the home database does not tell how things stand: ${words}` },
    ];
  }
};

const call = async (url: string, signal: AbortSignal): Promise<Fault | undefined> => {
  let said = '';
  for (let left = TRIES; left > 0 && !signal.aborted; left -= 1) {
    try {
      const { status } = await callHttp({ url, method: 'GET', headers: {}, timeoutMs: CALL_MS, signal });
      if (status >= 200 && status < 300) return undefined;
      said = `answered ${status}`;
    } catch (error) {
      if (!(error instanceof HttpUnanswered)) throw error;
      said = `did not answer: ${error.message}`;
    }
  }
  return {
    about: 'HEARTBEAT_URL',
    message: `HEARTBEAT_URL ${said}`,
    next: 'see the address, and the way there',
  };
};

/** Once a change: what has been said is not said again every minute. */
const createTeller = (logger: ChannelLogger) => {
  let said: string | undefined;
  return (faults: readonly Fault[]): void => {
    const about = faults.map((fault) => fault.about);
    const now = about.join(', ');
    if (now === said) return;
    said = now;
    if (faults.length === 0) return logger.info({ heartbeat: 'sent' }, 'heartbeat: all is well, and is told');
    const fields = { heartbeat: 'not sent', about, next: faults.flatMap(({ next }) => next ?? []) };
    logger.warn(fields, `heartbeat: none is sent; ${faults.map(({ message }) => message).join('; ')}`);
  };
};
