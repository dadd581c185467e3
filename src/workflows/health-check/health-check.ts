// One tick of a health check: one activity probes everything side by side, brings what it found to the door and stores it;
// incidents that follow are handed over. Started by its schedule, or by a person who waits for the report.
import {
  ApplicationFailure,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { noticer } from '../../domain/health/alerts.ts';
import {
  type HealthInput,
  type HealthResult,
  type HealthSnapshot,
  type HealthState,
  longestSeconds,
} from '../../domain/health/health.ts';
import { healthDetails } from '../display.ts';
import { handOver } from '../hand-over.ts';
import { sendLetter } from '../letters.ts';
import { DESCRIPTIONS, healthQuery } from '../messages.ts';
import { ringForHome } from '../monitor/ring-for-home.ts';
import { checkHealthWithin } from '../proxies.ts';
import { KIND, NAME, PACK, SEVERITY, STATE } from '../search-attributes.ts';
import { asFailure, isUnanswered, plannedTick } from '../tick.ts';

export async function healthCheckWorkflow(input: HealthInput): Promise<HealthResult> {
  const { check, ringAfterSeconds } = checked(input);
  const tick = plannedTick();
  const show = createView(check, tick);
  const result = await run(input, tick).catch(async (error: unknown): Promise<HealthResult> => {
    if (!isUnanswered(error)) throw asFailure(error);
    const rang = await ringForHome(noticer(check), { tick, seconds: ringAfterSeconds });
    return { tick, firing: 0, incidents: [], rang };
  });
  show(result);
  // Last, because a letter waits for a channel that is away, and everything else must not.
  if (result.letter === undefined) return result;
  const told = await sendLetter({ letter: result.letter, names: check.summaryTo, at: result.tick });
  const whole = { ...result, told };
  show(whole);
  return whole;
}

const run = async ({ check, ringAfterSeconds, by }: HealthInput, tick: string): Promise<HealthResult> => {
  const ask = checkHealthWithin(ringAfterSeconds, longestSeconds(check.checks));
  const asked = { check, tick, ringAfterSeconds, ...(by !== undefined && { by }) };
  const { handOvers, ...found } = await ask(asked);
  await handOver(handOvers);
  return { ...found, incidents: handOvers.map(({ number }) => number) };
};

const createView = (check: HealthSnapshot, tick: string): ((result: HealthResult) => void) => {
  const { pack, name } = check;
  let view: HealthState = { pack, check: name, state: 'checking', tick };
  setHandler(healthQuery, () => view, { description: DESCRIPTIONS.state });
  setCurrentDetails(healthDetails(view, check));
  return (result) => {
    const state = stateOf(result);
    const isNews = state !== view.state;
    view = { ...view, state, tick: result.tick, result };
    setCurrentDetails(healthDetails(view, check));
    // At once and at the end: a tick is short.
    if (!isNews) return;
    upsertSearchAttributes([
      { key: PACK, value: pack },
      { key: KIND, value: 'health-check' },
      { key: NAME, value: name },
      { key: STATE, value: state },
      ...(result.severity ? [{ key: SEVERITY, value: result.severity }] : []),
    ]);
  };
};

const STATES = { PASS: 'pass', WARN: 'warn', FAIL: 'fail' } as const;

const stateOf = ({ rang, superseded, report }: HealthResult): HealthState['state'] => {
  if (rang !== undefined || !report) return 'rang';
  return superseded ? 'superseded' : STATES[report.status];
};

const checked = (input: HealthInput): HealthInput => {
  if (input?.v === 1 && typeof input.check === 'object' && input.check.v === 1) return input;
  throw ApplicationFailure.nonRetryable(
    'a health check is started with {v: 1, check, ringAfterSeconds}; `sexton health` does that',
    FAILURE_TYPES.badInput,
  );
};
