// One incident for each point of the way at which something may die, all of them brought there before it does: what each
// of its messages became afterwards is asked of the providers.
import { createObserve } from '../../../src/activities/alerts/observe.ts';
import { markHandedOver } from '../../../src/adapters/postgres/alerts/incidents.ts';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { tellEscalation } from '../../../src/adapters/temporal/start-escalation.ts';
import type { Report, RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import type { Answer } from '../../../src/domain/alerts/escalation.ts';
import { aReport } from '../../support/alerts/escalation-worker.ts';
import { eventually } from '../../support/eventually.ts';
import { createHolds, type HoldPoint, type Holds } from './holds.ts';
import { HEAR, TARGETS } from './providers.ts';
import { aSirenRule, type Siren, tiersOf } from './siren.ts';

type Notice = 'acknowledged' | 'resolved';

/** What is done to an incident before it stands still. */
interface PointOf {
  readonly hold?: HoldPoint;
  readonly notice?: Notice;
}

/** In words; `waiting` stands still by itself. */
const POINTS = {
  'before send': { hold: 'firing: claimed' },
  'after accept, before the record': { hold: 'firing: accepted' },
  'while waiting for the next tier': {},
  'during an acknowledgement, before its commit': { hold: 'answer: not committed', notice: 'acknowledged' },
  'during an acknowledgement, after its commit': { hold: 'answer: committed', notice: 'acknowledged' },
  'notice of an acknowledgement, accepted': { hold: 'acknowledged: accepted', notice: 'acknowledged' },
  'resolved notice, before send': { hold: 'resolved: claimed', notice: 'resolved' },
  'resolved notice, accepted': { hold: 'resolved: accepted', notice: 'resolved' },
} as const satisfies Readonly<Record<string, PointOf>>;

export type PointName = keyof typeof POINTS;
export const POINT_NAMES = Object.keys(POINTS) as readonly PointName[];

export interface Standing extends PointOf {
  readonly point: PointName;
  readonly rule: RuleSnapshot;
  readonly number: number;
  /** When its second tier is due. */
  readonly secondDueMs: number;
  /** Tiers that must be told to everybody in the end, and no others. */
  readonly tiers: readonly string[];
  /** Of an acknowledgement, with the instant at which it came. */
  readonly answer?: Promise<{ readonly answer: Answer; readonly atMs: number }>;
}

export interface Standstill {
  readonly rows: readonly Standing[];
  readonly holds: Holds;
}

interface Desk {
  readonly report: (report: Report, hold?: HoldPoint) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** The door, and the way from there to the escalation, without a worker. */
export const openDesk = ({ house }: Siren, holds?: Holds): Desk => {
  const databases = openDatabases(house.catalog.home, []);
  const observe = createObserve({ databases });
  return {
    report: async (report, hold) => {
      const found = (await observe({ reports: [report] })).find(
        ({ incident }) => incident.id.split('/')[1] === report.rule.name,
      );
      if (!found) throw new Error(`${report.rule.name}: nothing was handed over`);
      if (hold) holds?.put(found.number, hold);
      await tellEscalation(house.client, found);
      await markHandedOver(house.home, found.number, found.seq);
      return found.number;
    },
    close: () => databases.close(),
  };
};

export const idOf = ({ name }: RuleSnapshot): string => `sla-monitoring/${name}/`;

/** What ends what fires. */
const fine = (rule: RuleSnapshot): Report =>
  aReport(rule, undefined, { subject: 'run-2', subjectAt: '2026-02-10T13:00:00.000000Z' });

export const untilTold = (siren: Siren, rule: RuleSnapshot, count: number, withinMs = 90_000) =>
  eventually(
    `${count} tiers are told to everybody`,
    async () => {
      const notices = await siren.notices(idOf(rule));
      return tiersOf(notices).length >= count && notices;
    },
    { withinMs, everyMs: 200 },
  );

/** Brings one incident to each point; the second tier is due after so many seconds. */
export const standStill = async (siren: Siren, secondSeconds: number): Promise<Standstill> => {
  const holds = createHolds(siren.holdFile);
  const desk = openDesk(siren, holds);
  const { client } = siren.house;

  const acknowledge = async (rule: RuleSnapshot) => {
    const { workflowId } = await siren.incident(rule);
    const ask = () =>
      client.workflow
        .getHandle(workflowId)
        .executeUpdate<Answer, [object]>('acknowledge', { args: [{ by: 'ada', eventId: 'click' }] });
    // As a person would, or Slack: asked again where nothing answers.
    const answer = await eventually('an answer', ask, { withinMs: 120_000, everyMs: 1_000 });
    return { answer, atMs: Date.now() };
  };

  const fire = async (point: PointName): Promise<Standing> => {
    const { hold, notice }: PointOf = POINTS[point];
    const rule = aSirenRule(0, secondSeconds);
    const number = await desk.report(aReport(rule, 'critical'), notice ? undefined : hold);
    const { firstFiredMs } = await siren.incident(rule);
    const tiers = notice ? ['tier 1'] : ['tier 1', 'tier 2'];
    const secondDueMs = firstFiredMs + secondSeconds * 1000;
    return { point, rule, number, secondDueMs, tiers, ...(hold && { hold }), ...(notice && { notice }) };
  };

  /** To its point, once its first tier is told. */
  const bring = async (row: Standing): Promise<Standing> => {
    const { rule, number, hold, notice } = row;
    if (!hold || !notice) return row;
    await untilTold(siren, rule, 1);
    if (notice === 'resolved') {
      holds.put(number, hold);
      await desk.report(fine(rule));
      return row;
    }
    if (!hold.startsWith('answer')) {
      holds.put(number, hold);
      const answer = acknowledge(rule);
      await answer;
      return { ...row, answer };
    }
    return row;
  };

  /** How many messages, or answers, of a row stand still. */
  const held = ({ hold, notice }: Standing): number => {
    if (!hold) return 0;
    if (hold.startsWith('answer')) return 1;
    return notice ? HEAR[notice].length : TARGETS.length;
  };

  // First what has a first tier to wait for, so that all of them stand still for a short time only.
  const told = await Promise.all(
    POINT_NAMES.filter((point) => 'notice' in POINTS[point] || !('hold' in POINTS[point])).map(fire),
  );
  await Promise.all(told.map(({ rule }) => untilTold(siren, rule, 1)));
  const early = await Promise.all(
    POINT_NAMES.filter((point) => !told.some((row) => row.point === point)).map(fire),
  );
  const rows = await Promise.all([...early, ...told].map(bring));
  const isAnswer = ({ hold }: Standing): boolean => hold?.startsWith('answer') ?? false;
  await Promise.all(rows.filter((row) => !isAnswer(row)).map((row) => holds.reached(row.number, held(row))));
  // Last: a transaction that stands still is ended by Postgres after ten seconds.
  const standing = rows.map((row) => {
    if (!row.hold || !isAnswer(row)) return row;
    holds.put(row.number, row.hold);
    const answer = acknowledge(row.rule);
    answer.catch(() => {});
    return { ...row, answer };
  });
  await Promise.all(rows.filter(isAnswer).map(({ number }) => holds.reached(number, 1)));
  await desk.close();
  return {
    rows: standing.toSorted((a, b) => POINT_NAMES.indexOf(a.point) - POINT_NAMES.indexOf(b.point)),
    holds,
  };
};
