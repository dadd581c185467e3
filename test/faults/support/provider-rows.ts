// One incident that meets all providers in one kind of trouble at one point of its way, and what became of its message
// at each of them.
import type { RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import { aReport } from '../../support/alerts/escalation-worker.ts';
import { eventually } from '../../support/eventually.ts';
import { idOf, openDesk, untilTold } from './crash-rows.ts';
import type { MatrixRow } from './notification-report.ts';
import { hasAccepted, type Trouble, trouble } from './provider-troubles.ts';
import { BLIND, HEAR, TARGETS } from './providers.ts';
import { aSirenRule, type Siren } from './siren.ts';

export const MOMENTS = ['its first page', 'while waiting', 'during an acknowledgement'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface ProviderRow extends MatrixRow {
  readonly target: string;
  /** Twice and not reported as perhaps so. */
  readonly uncounted: number;
}

/** Long enough for the first tier to be told, and for the trouble to begin before the second. */
const SECOND_SECONDS = 25;

const FAILING = TARGETS.filter((target) => target !== 'log');

const WORDS = {
  'its first page': 'tier 1',
  'while waiting': 'tier 2',
  'during an acknowledgement': 'acknowledged',
};

export const meetTrouble = async (
  siren: Siren,
  kind: Trouble,
  moment: Moment,
): Promise<readonly ProviderRow[]> => {
  const { providers, house } = siren;
  const targets = moment === 'during an acknowledgement' ? HEAR.acknowledged : FAILING;
  const rule = moment === 'while waiting' ? aSirenRule(0, SECOND_SECONDS) : aSirenRule(0);
  const desk = openDesk(siren);
  if (moment === 'its first page') trouble(providers, kind, targets);
  const number = await desk.report(aReport(rule, 'critical'));
  await desk.close();
  const { workflowId, firstFiredMs } = await siren.incident(rule);
  let fromMs = moment === 'while waiting' ? firstFiredMs + SECOND_SECONDS * 1000 : firstFiredMs;
  if (moment !== 'its first page') {
    await untilTold(siren, rule, 1);
    trouble(providers, kind, targets);
  }
  if (moment === 'during an acknowledgement') {
    fromMs = Date.now();
    await house.client.workflow.getHandle(workflowId).executeUpdate('acknowledge', { args: [{ by: 'ada' }] });
  }
  const isTold = async (): Promise<boolean> => {
    const rows = await rowsOf(siren, { rule, number, kind, moment, targets, fromMs });
    const { raw } = await house.client.workflow.getHandle(workflowId).describe();
    return rows.every(({ lost }) => lost === 0) && (raw.pendingActivities ?? []).length === 0;
  };
  // What does not come is told as lost.
  await eventually(`${kind}, ${moment}: told`, isTold, { withinMs: 300_000, everyMs: 500 }).catch(() => {});
  const rows = await rowsOf(siren, { rule, number, kind, moment, targets, fromMs });
  await house.client.workflow.getHandle(workflowId).terminate();
  await house.home.query(`UPDATE sexton.incident SET state = 'closed' WHERE number = $1`, [number]);
  return rows;
};

interface Met {
  readonly rule: RuleSnapshot;
  readonly number: number;
  readonly kind: Trouble;
  readonly moment: Moment;
  readonly targets: readonly string[];
  readonly fromMs: number;
}

const rowsOf = async (
  siren: Siren,
  { rule, number, kind, moment, targets, fromMs }: Met,
): Promise<readonly ProviderRow[]> => {
  const notices = await siren.notices(idOf(rule));
  const { counted } = await siren.possibleDoubles(number);
  const acknowledged = siren.providers.pagerduty.events.filter(
    ({ dedupKey, effect }) => dedupKey.includes(rule.name) && effect === 'acknowledged',
  );
  const point = hasAccepted(kind) ? `${moment}, after accept before the record` : `${moment}, before send`;
  return targets.map((target) => {
    // PagerDuty hears of an acknowledgement by the state of its alert: to be told that twice wakes nobody.
    const isState = target === 'pagerduty' && moment === 'during an acknowledgement';
    const own = notices.filter(
      ({ channel, address, tier }) =>
        (address ? `${channel}:${address}` : channel) === target && tier === WORDS[moment],
    );
    const came = isState ? acknowledged.slice(0, 1) : own;
    const more = Math.max(0, came.length - 1);
    const isBlind = BLIND.includes(target);
    const isCounted = own.some(({ key }) => counted.includes(key));
    return {
      away: `${target} ${kind}`,
      target,
      point,
      lost: came.length === 0 ? 1 : 0,
      doubled: isBlind ? 0 : more,
      doubledUnseen: isBlind ? more : 0,
      uncounted: isBlind && more > 0 && !isCounted ? more : 0,
      countedAsPossible: isCounted ? 1 : 0,
      seconds: (Math.max(...came.map(({ at }) => new Date(at).getTime())) - fromMs) / 1000,
    };
  });
};
