// PagerDuty and Sentry put up for the contract.
import type { Channel } from '../../src/channels/channel.ts';
import { createPagerDutyChannel } from '../../src/channels/pagerduty/pagerduty.ts';
import { createSentryChannel } from '../../src/channels/sentry/sentry.ts';
import { startFakePagerDuty } from '../../src/local/fakes/pagerduty.ts';
import { startFakeSentry } from '../../src/local/fakes/sentry.ts';
import type { Harness } from './support.ts';

const harness = (channel: Channel, address: string, rest: Omit<Harness, 'channel' | 'address'>): Harness => ({
  channel,
  address,
  ...rest,
});

export const pagerDuty = (address: '' | 'shop-team') => async (): Promise<Harness> => {
  const fake = await startFakePagerDuty({ services: ['sexton', 'shop-team'] });
  const keyOf = (service: string) => fake.routingKeyOf(service);
  // One that no PagerDuty would take is what the real one refuses with 400.
  const routingKeys = { '': keyOf('sexton'), SHOP_TEAM: keyOf('shop-team') };
  const channel = createPagerDutyChannel({ routingKeys, apiUrl: fake.apiUrl });
  return harness(channel, address, {
    taken: () =>
      fake.pages().map(({ dedupKey, payload }) => ({ key: dedupKey, text: String(payload['summary']) })),
    fail: (trouble) => fake.fail({ next: 1, with: trouble }),
    doublesByKey: true,
    secrets: [...Object.values(routingKeys), fake.apiUrl],
    close: fake.close,
  });
};

export const sentry = async (): Promise<Harness> => {
  const fake = await startFakeSentry();
  const { username, host, pathname } = new URL(fake.dsn);
  const channel = createSentryChannel({ dsn: fake.dsn, checkIns: false });
  const keys = new Map<unknown, string>();
  return harness(
    {
      ...channel,
      send: async (sending) => {
        // The event's id is made of the key, which itself stands nowhere in the event.
        const receipt = await channel.send(sending);
        if (receipt.id !== undefined) keys.set(receipt.id, sending.notification.key);
        return receipt;
      },
    },
    '',
    {
      taken: () =>
        fake.events.map(({ payload }) => ({
          key: keys.get(payload['event_id']),
          text: String(payload['message']),
        })),
      fail: (trouble) => fake.fail({ next: 1, with: trouble }),
      doublesByKey: true,
      secrets: [username, fake.dsn, `${host}${pathname}`],
      close: fake.close,
    },
  );
};
