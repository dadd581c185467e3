// What makes a rule unsound by itself, whoever wrote it: a declaration, or a person who tunes it at run time.
import type { PolicySnapshot } from '../alerts/policy.ts';
import { SEVERITIES, type Severity } from '../alerts/severity.ts';
import type { Condition } from './condition.ts';
import { conditionWords } from './condition-words.ts';
import { contradicts, implies } from './implication.ts';

/** A place below the rule, and what does not hold there. */
export interface RuleFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Band {
  readonly severity: Severity;
  readonly when: Condition;
  readonly recovers?: Condition | undefined;
  readonly responseSeconds?: number | undefined;
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

const order = (bands: readonly Band[]): readonly RuleFault[] =>
  bands.flatMap(({ severity }, place) => {
    const lower = bands[place - 1];
    if (!lower || rank(severity) >= rank(lower.severity)) return [];
    const message = `must not be below the band before it (${lower.severity})`;
    return [{ path: ['bands', place, 'severity'], message }];
  });

const reach = (bands: readonly Band[]): readonly RuleFault[] =>
  bands.flatMap(({ when }, place): readonly RuleFault[] => {
    const path = ['bands', place, 'when'];
    if (contradicts(when))
      return [{ path, message: `must be able to hold: ${conditionWords(when)} never does` }];
    const hidden = bands.slice(place + 1).find((later) => implies(when, later.when));
    if (!hidden) return [];
    const words = conditionWords(hidden.when);
    return [{ path, message: `must be able to count: whenever it holds, so does the later band (${words})` }];
  });

const recovery = (bands: readonly Band[]): readonly RuleFault[] =>
  bands.flatMap(({ when, recovers }, place): readonly RuleFault[] => {
    if (!recovers) return [];
    const path = ['bands', place, 'recovers'];
    if (place > 0)
      return [{ path, message: 'must stand in the first band: the rule is fine once that one is' }];
    const apart = contradicts(when, recovers) || !overlaps(when, recovers);
    return apart ? [] : [{ path, message: `must not hold while the band does (${conditionWords(when)})` }];
  });

/** Two plain comparisons of one measure are told to overlap; of anything else that is not known by its form. */
const overlaps = (when: Condition, recovers: Condition): boolean =>
  implies(when, recovers) ||
  ('measure' in when &&
    'measure' in recovers &&
    when.measure === recovers.measure &&
    isPlain(when) &&
    isPlain(recovers));

const isPlain = (condition: Condition): boolean =>
  ['above', 'atLeast', 'below', 'atMost', 'equals'].some((limit) => limit in condition);

const responses = (bands: readonly Band[]): readonly RuleFault[] =>
  bands.flatMap(({ severity, responseSeconds }, place) => {
    if (responseSeconds === undefined) return [];
    const other = bands
      .slice(0, place)
      .some(
        (band) =>
          band.severity === severity &&
          band.responseSeconds !== undefined &&
          band.responseSeconds !== responseSeconds,
      );
    const message = `must be the same in every ${severity} band: they share a policy`;
    return other ? [{ path: ['bands', place, 'response'], message }] : [];
  });

/** What its bands say of each other. */
export const bandFaults = (bands: readonly Band[]): readonly RuleFault[] => [
  ...order(bands),
  ...reach(bands),
  ...recovery(bands),
  ...responses(bands),
];

/** Severities that would reach nobody, and response times of policies that wait for none. */
export const routeFaultsOfBands = (
  bands: readonly Band[],
  routes: Readonly<Partial<Record<Severity, PolicySnapshot>>>,
): readonly RuleFault[] =>
  bands.flatMap(({ severity, responseSeconds }, place): readonly RuleFault[] => {
    const policy = routes[severity];
    const path = ['bands', place];
    if (!policy) return [{ path: [...path, 'severity'], message: `must have a route for ${severity}` }];
    if (responseSeconds === undefined || policy.tiers.length > 1) return [];
    return [{ path: [...path, 'response'], message: `needs a second tier in the policy ${policy.name}` }];
  });
