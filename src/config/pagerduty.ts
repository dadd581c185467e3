// How PagerDuty is reached, out of the engine's variables.
import type { EnvShape } from '../catalog/define/pack.ts';
import { type Fault, shownVariable } from '../catalog/faults/fault.ts';
import { text, token, url } from '../catalog/variables.ts';
import type { Env } from './env.ts';
import { readNamed } from './named-variables.ts';
import { readVariables } from './pack-env.ts';

const KEY_RULE = 'must be the integration key of Events API v2, 32 letters and digits';

const routingKey = () => text(/^[A-Za-z0-9]{32}$/, KEY_RULE);

const ROUTING_KEY = 'PAGERDUTY_ROUTING_KEY';
/** What the packs' specifications call the same. */
const ALIAS = 'PAGERDUTY_API_KEY';

export const PAGERDUTY_VARIABLES = {
  /** Integration key of the service that the target `pagerduty` pages; `PAGERDUTY_ROUTING_KEY__SHOP` is `pagerduty:shop`'s. */
  PAGERDUTY_ROUTING_KEY: token().optional(),
  /** Another name of PAGERDUTY_ROUTING_KEY. */
  PAGERDUTY_API_KEY: token().optional(),
  /** Where events are taken; default https://events.pagerduty.com/v2/enqueue. */
  PAGERDUTY_API_URL: url().optional(),
} satisfies EnvShape;

/** What is wrong beyond each variable by itself. */
export const pagerDutyFaults = (env: Env): readonly Fault[] => {
  const fault = (place: string, rule: string): Fault => ({
    place,
    rule,
    value: shownVariable({ name: place, value: env[place] ?? '' }),
  });
  // To packs, which may read them too, they are tokens; that they are keys is judged here.
  const tokens = [ROUTING_KEY, ALIAS].filter((name) => token().safeParse(env[name]).success);
  const noKeys = tokens.filter((name) => !routingKey().safeParse(env[name]).success);
  const differ = tokens.length === 2 && noKeys.length === 0 && env[ROUTING_KEY] !== env[ALIAS];
  return [
    ...noKeys.map((name) => fault(name, KEY_RULE)),
    ...(differ ? [fault(ALIAS, `must be the same as ${ROUTING_KEY}, whose other name it is`)] : []),
    ...readNamed({ env, variable: ROUTING_KEY, schema: routingKey() }).faults,
  ];
};

/** For an environment that was found sound; undefined where no service can be paged. */
export const pagerDutySettings = (env: Env) => {
  const { values } = readVariables({ shape: PAGERDUTY_VARIABLES, env });
  const { PAGERDUTY_ROUTING_KEY: own = values.PAGERDUTY_API_KEY, PAGERDUTY_API_URL: apiUrl } = values;
  const named = readNamed({ env, variable: ROUTING_KEY, schema: routingKey() }).values;
  const routingKeys = { ...named, ...(own !== undefined && { '': own }) };
  if (Object.keys(routingKeys).length === 0) return undefined;
  return { routingKeys, ...(apiUrl !== undefined && { apiUrl }) };
};
