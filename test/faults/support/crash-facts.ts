// What became of one incident's messages: told, told twice, and counted as perhaps told twice.
import type { Notice } from '../../support/alerts/collector.ts';
import { eventually } from '../../support/eventually.ts';
import { idOf, type Standing } from './crash-rows.ts';
import { BLIND, HEAR, TARGETS } from './providers.ts';
import { doublesOf, type Siren } from './siren.ts';

export interface CrashFacts {
  readonly point: string;
  readonly ladders: number;
  /** `tier @ target` that nobody was told. */
  readonly lost: readonly string[];
  /** Tiers told that should not have been. */
  readonly tooMany: readonly string[];
  /** Twice where the provider takes a key or can be asked; an e-mail by its Message-ID. */
  readonly doubles: readonly string[];
  /** Twice where neither is so: `target` of each message beyond its first. */
  readonly blindDoubles: readonly string[];
  /** Blind doubles that are not reported as possible ones. */
  readonly uncounted: readonly string[];
  readonly counted: number;
  /** Alerts at PagerDuty that are not as the incident is. */
  readonly wrongAtPagerDuty: readonly string[];
  /** From the death of whatever died, or from when the tier was due where that came later. */
  readonly seconds: number;
}

const targetOf = ({ channel, address }: Pick<Notice, 'channel' | 'address'>): string =>
  address ? `${channel}:${address}` : channel;

/** What must be told: `tier @ target`. PagerDuty's part in a notice is no message, but the state of its alerts. */
const wantedOf = ({ tiers, notice }: Pick<Standing, 'tiers' | 'notice'>): readonly string[] => [
  ...tiers.flatMap((tier) => TARGETS.map((target) => `${tier} @ ${target}`)),
  ...(notice ? HEAR[notice].filter((each) => each !== 'pagerduty').map((each) => `${notice} @ ${each}`) : []),
];

const said = (notice: Notice): string => `${notice.tier} @ ${targetOf(notice)}`;

/** Nothing is on its way any more. What was accepted while Postgres was away has no receipt, and never will have. */
const isSettled = async ({ house }: Siren, workflowId: string): Promise<boolean> => {
  const { raw } = await house.client.workflow.getHandle(workflowId).describe();
  return (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
};

const alertsOf = async ({ house, providers }: Siren, number: number): Promise<readonly string[]> => {
  const { rows } = await house.home.query(
    'SELECT DISTINCT dedup_key AS key FROM sexton.outbox WHERE incident = $1 AND dedup_key IS NOT NULL',
    [number],
  );
  return rows.map(({ key }) => providers.pagerduty.stateOf(key) ?? `no alert ${key}`);
};

export const factsOf = async (
  siren: Siren,
  row: Standing,
  { diedMs, withinMs = 120_000 }: { readonly diedMs: number; readonly withinMs?: number },
): Promise<CrashFacts> => {
  const { rule, number, point, notice } = row;
  const wanted = wantedOf(row);
  const state = notice ?? 'triggered';
  const { workflowId } = await siren.incident(rule);
  const read = async () => {
    const notices = await siren.notices(idOf(rule));
    const heard = new Set(notices.map(said));
    const wrong = (await alertsOf(siren, number)).filter((each) => each !== state);
    return { notices, lost: wanted.filter((each) => !heard.has(each)), wrong };
  };
  const isDone = async (): Promise<boolean> => {
    const { lost, wrong } = await read();
    return lost.length === 0 && wrong.length === 0 && (await isSettled(siren, workflowId));
  };
  // What does not come is told as lost, with all the rest.
  await eventually(`${point}: all is told`, isDone, { withinMs, everyMs: 250 }).catch(() => {});
  const { notices, lost, wrong } = await read();
  const again = doublesOf(notices);
  const { counted } = await siren.possibleDoubles(number);
  const blind = again.filter((each) => BLIND.includes(targetOf(each)));
  const once = notices.filter((each) => !again.includes(each));
  const twice = once.map(said).filter((each, place, all) => all.indexOf(each) !== place);
  return {
    point,
    ladders: await siren.ladders(rule),
    lost,
    tooMany: [...new Set(once.map(said))].filter((each) => !wanted.includes(each)),
    // A second message under another key is one whatever the provider does with keys.
    doubles: [...again.filter((each) => !BLIND.includes(targetOf(each))).map(said), ...twice],
    blindDoubles: blind.map(said),
    uncounted: blind.filter(({ key }) => !counted.includes(key)).map(said),
    counted: counted.length,
    wrongAtPagerDuty: wrong,
    seconds: secondsOf(row, { notices, diedMs, answeredMs: (await row.answer)?.atMs }),
  };
};

interface Times {
  readonly notices: readonly Notice[];
  readonly diedMs: number;
  readonly answeredMs: number | undefined;
}

const secondsOf = (
  { secondDueMs, notice, hold }: Standing,
  { notices, diedMs, answeredMs = Number.NaN }: Times,
): number => {
  if (hold?.startsWith('answer')) return (answeredMs - diedMs) / 1000;
  const last = notice ?? (hold ? 'tier 1' : 'tier 2');
  const times = notices.filter(({ tier }) => tier === last).map(({ at }) => new Date(at).getTime());
  return (Math.max(...times) - (hold ? diedMs : Math.max(diedMs, secondDueMs))) / 1000;
};

/** As one line of a printed table. */
export const factsLine = (facts: CrashFacts): Readonly<Record<string, string | number>> => {
  const { point, ladders, lost, doubles, blindDoubles, counted, seconds } = facts;
  const mails = blindDoubles.filter((each) => each.includes('email')).length;
  return {
    point,
    ladders,
    lost: lost.length,
    'doubled though keyed': doubles.length,
    'doubled unseen': blindDoubles.length - mails,
    'mails twice under one Message-ID': mails,
    'counted as possible': counted,
    seconds: seconds.toFixed(1),
  };
};
