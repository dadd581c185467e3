// Whether alerts come through: what the dead man's switch goes by, and what waits for a person.
import {
  type AlertingFigures,
  readAlertingFigures,
} from '../../adapters/postgres/alerts/alerting-figures.ts';
import { readHomeAge } from '../../adapters/postgres/alerts/home-age.ts';
import { readPulse } from '../../adapters/postgres/alerts/pulse.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import {
  CONDITIONS,
  type Condition,
  type Expected,
  failingConditions,
  type Pulse,
} from '../../domain/alerts/pulse.ts';
import { formatDuration } from '../../domain/duration.ts';
import { plainWords } from '../../domain/plain-words.ts';
import { expectedOf } from '../../worker/expected.ts';
import { withPool } from '../with-pool.ts';
import { type Check, check, type Finding, fail, pass, unasked, warn } from './check.ts';

/** One who asks now does not know since when a monitor is declared, so it may be new. */
const JUST_STARTED = 0;

const NEXT = 'see the checks of home';

export const alertingChecks = async (
  catalog: Pick<Catalog, 'home' | 'monitors'> & Partial<Pick<Catalog, 'checks'>>,
): Promise<readonly Check[]> => {
  const start = performance.now();
  const ms = (): number => Math.round(performance.now() - start);
  try {
    const { pulse, age, real, own } = await withPool(catalog.home.url, async (home) => ({
      pulse: await readPulse(home),
      age: await readHomeAge(home),
      real: await readAlertingFigures(home, { withinSeconds: 86_400 }),
      own: await readAlertingFigures(home, { withinSeconds: 86_400, counting: 'own' }),
    }));
    const expected = expectedOf(catalog, { upSeconds: JUST_STARTED });
    const failing = failingConditions(pulse, expected);
    const soon = firstCanary(pulse, expected, age);
    const well = wellWords(pulse, catalog);
    const conditions = CONDITIONS.map((condition): Check => {
      const found = failing.find((each) => each.condition === condition);
      if (condition === 'canary' && soon) return { name: condition, ms: ms(), ...soon };
      const finding = found ? fail(found.message, found.next) : pass(well[condition]);
      return { name: condition, ms: ms(), ...finding };
    });
    return [...conditions, await lettersCheck(real, own), await stuckCheck(real, own)];
  } catch (error) {
    return [{ name: 'alerting', ms: ms(), ...unasked(plainWords(error), NEXT) }];
  }
};

/** Where Sexton is so new that no canary can have come yet, none that is missing says anything. */
const firstCanary = ({ canary }: Pulse, expected: Expected, ageSeconds: number): Finding | undefined => {
  if (canary.evaluated !== null || !expected.canary) return undefined;
  const { everySeconds, slackSeconds } = expected.canary;
  const left = everySeconds + slackSeconds - ageSeconds;
  return left > 0
    ? warn(
        `none has come yet; the first is due within ${formatDuration(Math.ceil(left))}`,
        'ask again then: until one came, nobody knows that alerts come through',
      )
    : undefined;
};

const wellWords = (
  { canary, backlog }: Pulse,
  { monitors }: Pick<Catalog, 'monitors'>,
): Readonly<Record<Condition, string>> => ({
  canary: `came through ${formatDuration(Math.max(0, Math.round(canary.told ?? 0)))} ago`,
  'hand-overs': backlog.waiting === 0 ? 'none waits' : `${backlog.waiting} wait, not for long`,
  monitors: `${monitors.length}, none is late`,
  wakes: 'none is overdue',
});

/** Those about the telling itself are told apart: they are no reason for an alert about the telling. */
const alsoOwn = (count: number): string => (count > 0 ? `, and ${count} of Sexton's own alerts` : '');

const lettersCheck = ({ deadLetters }: AlertingFigures, own: AlertingFigures): Promise<Check> =>
  check('dead letters', NEXT, async () => {
    if (deadLetters + own.deadLetters === 0) return pass('none');
    return warn(
      `${deadLetters} of alerts${alsoOwn(own.deadLetters)}`,
      '`sexton deadletters`; mend the channel, then retry or drop them',
    );
  });

const stuckCheck = ({ stuck }: AlertingFigures, own: AlertingFigures): Promise<Check> =>
  check('messages', NEXT, async () => {
    if (stuck + own.stuck === 0) return pass('none is on its way for too long');
    return warn(
      `${stuck} on their way for more than two minutes${alsoOwn(own.stuck)}`,
      'see the channel, and the queue sexton-notify',
    );
  });
