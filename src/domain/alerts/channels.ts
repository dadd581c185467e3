// The ways to reach somebody, by name: what declarations may use and what src/channels must bring.
import type { Target } from './policy.ts';

/** Whether a target names an address: `slack:ops-alerts`, but plain `log`, and `pagerduty` or `pagerduty:shop`. */
type Addressed = 'never' | 'always' | 'maybe';

const ADDRESSED = {
  log: 'never',
  webhook: 'maybe',
  slack: 'always',
  email: 'always',
  pagerduty: 'maybe',
  sentry: 'never',
} as const satisfies Readonly<Record<string, Addressed>>;

/** Names that variables carry at their end: `grafana-test` is `…__GRAFANA_TEST`. */
const CHANNEL_NAME_FORM = /^[a-z\d]+(?:-[a-z\d]+)*$/;

export type ChannelName = keyof typeof ADDRESSED;

export const CHANNEL_NAMES = Object.keys(ADDRESSED) as readonly ChannelName[];

export const isChannelName = (text: string): text is ChannelName => Object.hasOwn(ADDRESSED, text);

/** Longest part before the @, and longest label of a domain. */
const E_MAIL =
  /^(?!\.)[\w.!#$%&'*+=?^`{|}~-]{1,64}(?<!\.)@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d-]{2,63}$/i;

/** What an address must look like, where its channel is particular; the last word is an example. */
const FORMS: Readonly<Partial<Record<ChannelName, readonly [RegExp, string]>>> = {
  // The name is the end of its variables' names: WEBHOOK_URL__GRAFANA_TEST.
  webhook: [
    CHANNEL_NAME_FORM,
    'must name a webhook in small letters, digits and hyphens, such as webhook:grafana',
  ],
  pagerduty: [
    CHANNEL_NAME_FORM,
    'must name a service in small letters, digits and hyphens, such as pagerduty:shop',
  ],
  email: [E_MAIL, 'must name one e-mail address, such as email:ops@example.org'],
};

/** The rule that a target breaks, in words; undefined where it is sound. */
export const targetRule = ({ channel, address }: Target): string | undefined => {
  if (!isChannelName(channel)) return `must be in a known channel (${CHANNEL_NAMES.join(', ')})`;
  const addressed: Addressed = ADDRESSED[channel];
  if (addressed === 'always' && address === '')
    return FORMS[channel]?.[1] ?? `must name an address, such as ${channel}:ops-alerts`;
  if (addressed === 'never' && address !== '') return `must be plain ${channel}, which takes no address`;
  const [form, rule] = FORMS[channel] ?? [];
  if (form && address !== '' && !form.test(address)) return rule;
  // Targets stand in histories, so the secret address of a webhook must never be one.
  if (/[\s/]/.test(address)) return 'must name an address without blanks and /, never one on the web';
  return undefined;
};

/**
 * What the variables of an address end with: the key of `pagerduty:shop-team` is PAGERDUTY_ROUTING_KEY__SHOP_TEAM.
 * Empty for a target without an address.
 */
export const addressSuffix = (address: string): string => address.toUpperCase().replaceAll('-', '_');
