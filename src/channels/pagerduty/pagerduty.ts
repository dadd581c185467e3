// PagerDuty by its Events API v2. It folds events by key, so a retry under the same key doubles nothing; a trigger on a
// key that is open already wakes nobody, which is why each wake brings a key of its own (`Sending.dedupKey`).
import { randomUUID } from 'node:crypto';
import { addressSuffix } from '../../domain/alerts/channels.ts';
import { type Channel, ChannelError, type Sending } from '../channel.ts';
import type { PagerDutySettings } from '../settings.ts';
import { createPagerDutyApi } from './api.ts';
import { createEndAll } from './endings.ts';
import { dedupKeyOf, endBody, triggerBody } from './event.ts';

const EVENTS_API = 'https://events.pagerduty.com/v2/enqueue';

const settingOf = (suffix: string): string =>
  suffix === '' ? 'PAGERDUTY_ROUTING_KEY' : `PAGERDUTY_ROUTING_KEY__${suffix}`;

const keyOf = ({ routingKeys }: PagerDutySettings, suffix: string): string | undefined =>
  Object.hasOwn(routingKeys, suffix) ? routingKeys[suffix] : undefined;

/** Whether these settings serve an address: `pagerduty:shop-team` needs PAGERDUTY_ROUTING_KEY__SHOP_TEAM. */
export const pagerDutyServes = (settings: PagerDutySettings, address: string): boolean =>
  keyOf(settings, addressSuffix(address)) !== undefined;

const ACTIONS = { acknowledged: 'acknowledge', resolved: 'resolve' } as const;

/** An incident that told nobody here has nothing to end. */
const openKeysOf = ({ openKeys, dedupKey }: Sending): readonly string[] =>
  openKeys ?? (dedupKey === undefined ? [] : [dedupKey]);

export const createPagerDutyChannel = (settings: PagerDutySettings): Channel => {
  const api = createPagerDutyApi(settings.apiUrl ?? EVENTS_API);
  const endAll = createEndAll();
  const serviceOf = (address: string): { readonly routingKey: string; readonly setting: string } => {
    const suffix = addressSuffix(address);
    const setting = settingOf(suffix);
    const routingKey = keyOf(settings, suffix);
    if (routingKey !== undefined) return { routingKey, setting };
    throw new ChannelError(`PagerDuty has no service of this name; set ${setting}`, { recoverable: false });
  };
  return {
    name: 'pagerduty',
    also: ['acknowledged', 'resolved'],
    // The end of an alert that never was: it takes the key, and tells nobody.
    probe: async ({ address, signal }) => {
      const { routingKey, setting } = serviceOf(address);
      const body = endBody({ routingKey, key: `sexton/probe/${randomUUID()}`, action: 'resolve' });
      await api({ routingKey, setting, body, signal });
    },
    send: async (sending) => {
      const { notification, address, signal } = sending;
      const { routingKey, setting } = serviceOf(address);
      const post = (body: string) => api({ routingKey, setting, body, signal });
      const { status = 'firing' } = notification;
      if (status === 'firing') {
        const key = dedupKeyOf(sending.dedupKey ?? notification.key);
        return { id: (await post(triggerBody({ routingKey, key, notification }))) ?? key };
      }
      await endAll({
        notice: `${address} ${status} ${notification.key}`,
        keys: openKeysOf(sending).map(dedupKeyOf),
        signal,
        end: (key) => post(endBody({ routingKey, key, action: ACTIONS[status] })),
      });
      return {};
    },
  };
};
