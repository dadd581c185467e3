// What went wrong in the alerting of others and is not proved beside the part that it concerns: on the real server, in
// virtual time. The whole list is docs/incidents-of-others.md.
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendInput } from '../../src/activities/alerts/send.ts';
import { tellEscalation } from '../../src/adapters/temporal/start-escalation.ts';
import type { TierSnapshot } from '../../src/domain/alerts/policy.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aPolicy, aRule } from '../support/alerts/policies.ts';
import { fireWith, seconds } from '../support/alerts/wakes.ts';
import { eventually } from '../support/eventually.ts';
import { unique } from '../support/stack.ts';
import { type Clock, createClock } from '../support/time.ts';

/** What comes in the way of a message; undefined lets it pass. */
let inTheWay: ((input: SendInput) => Error | undefined) | undefined;
let bell: Bell;
let clock: Clock;
beforeAll(async () => {
  bell = await openBell(({ send, ...rest }) => ({
    ...rest,
    send: async (input: SendInput) => {
      const trouble = inTheWay?.(input);
      if (trouble) throw trouble;
      return send(input);
    },
  }));
});
afterAll(() => bell.close());
beforeEach(async () => {
  clock = await createClock({ client: bell.client, databases: [bell.home] });
  bell.heard.length = 0;
  inTheWay = undefined;
});

const tier = (name: string, after: string, ...notify: string[]): TierSnapshot => ({
  name,
  afterSeconds: seconds(after),
  notify,
});
const heard = (): readonly string[] => bell.heard.map(({ tier: name, channel }) => `${name} → ${channel}`);

describe('the page of last resort, after 240 minutes', () => {
  it('comes although the database failed just then: no reaper gives it up (OneUptime F16, H3)', async () => {
    await bell.serving(async () => {
      const ladder = await fireWith(bell, {
        tiers: [tier('team', '0s', 'slack:ops'), tier('last resort', '4h', 'webhook')],
      });
      let failures = 0;
      inTheWay = () => {
        failures += 1;
        if (failures > 2) return undefined;
        return ApplicationFailure.create({ message: 'terminating connection', nextRetryDelay: 100 });
      };
      await clock.advance(seconds('4h') + 1);
      await ladder.told([
        ['0s', 'team', 'slack'],
        ['4h', 'last resort', 'webhook'],
      ]);
      expect(failures).toBe(3);
      await ladder.handle.terminate();
    });
  });
});

describe('a page that fails for good', () => {
  it('ends no escalation: the tiers after it come in their time (alga-psa: three failures ended the workflow)', async () => {
    await bell.serving(async () => {
      const ladder = await fireWith(bell, {
        tiers: [
          tier('team', '0s', 'slack:ops'),
          tier('on-call', '15min', 'pagerduty'),
          tier('lead', '1h', 'webhook'),
        ],
      });
      inTheWay = ({ target }) =>
        target.channel === 'pagerduty' ? ApplicationFailure.nonRetryable('it will not') : undefined;
      await clock.advance(seconds('1h') + 1);
      await ladder.told([
        ['0s', 'team', 'slack'],
        ['1h', 'lead', 'webhook'],
      ]);
      const { told } = await ladder.view();
      expect(told.map(({ outcome }) => outcome)).toEqual(['sent', 'dead', 'sent']);
      await ladder.handle.terminate();
    });
  });
});

describe('detectors that report one incident at once', () => {
  it('start one ladder, which takes each step once (OneUptime F13; Alertmanager #4108)', async () => {
    await bell.serving(async () => {
      const policy = aPolicy({ tiers: [tier('team', '0s', 'slack:ops'), tier('lead', '1h', 'webhook')] });
      const rule = aRule({ name: unique('rule'), routes: { critical: policy } });
      const observed = await Promise.all(
        Array.from({ length: 5 }, async () =>
          bell.engine.run(bell.engine.activities.observe, { reports: [aReport(rule, 'critical')] }),
        ),
      );
      const found = observed.flat();
      expect(new Set(found.map(({ workflowId }) => workflowId)).size).toBe(1);
      await Promise.all(found.map((each) => tellEscalation(bell.client, each)));
      await eventually('the first page', () => bell.heard.length > 0);
      await clock.advance(seconds('1h') + 1);
      expect(heard()).toEqual(['team → slack', 'lead → webhook']);
      await bell.client.workflow.getHandle(found[0]?.workflowId ?? '').terminate();
    });
  });
});
