// What an escalation holds: incident, ladder, what was told. Every change goes through here, so that details,
// attributes, the row in Postgres and the waiting loop cannot come apart.
import { condition, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import {
  type Applied,
  type EscalationCarried,
  type EscalationInput,
  type Note,
  nextWords,
} from '../../domain/alerts/escalation.ts';
import { escalationAttributes } from '../../domain/alerts/escalation-text.ts';
import { type LadderState, resolve, type Step, startLadder, type Wake } from '../../domain/alerts/ladder.ts';
import { escalationDetails } from '../display.ts';
import { DESCRIPTIONS, escalationQuery } from '../messages.ts';
import { createDeliveryOf, type Delivery } from './delivery.ts';
import { createIncidentRow, type IncidentRow } from './incident-row.ts';
import { createToldLog } from './told.ts';

export interface Escalation {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  readonly applied: Applied[];
  readonly notes: Note[];
  readonly carry: () => EscalationCarried;
  readonly row: IncidentRow;
  readonly delivery: Delivery;
  /** A send found that another execution has written the row since; `wake` was told to nobody. */
  readonly onOvertaken: (act: (wake?: Wake) => void) => void;
  /** Lets answers and news in. */
  readonly open: () => void;
  /** Until then nobody knows what an answer or news would change. */
  readonly begun: () => Promise<void>;
  /** Replaces the ladder; the row is written by whoever asked for it. */
  readonly setLadder: (ladder: LadderState) => void;
  readonly setIncident: (incident: IncidentState) => void;
  /** Replaces the ladder by news: withdraws what resolving withdraws, and writes the row. */
  readonly moveTo: (ladder: LadderState) => void;
  /** Takes a step of the ladder: writes the row and tells whom it names. */
  readonly take: (step: Step) => void;
  /** Stops what is being sent and not yet claimed. */
  readonly withdraw: () => void;
  readonly yieldTo: (workflowId: string) => void;
  readonly yieldedTo: () => string | undefined;
  /** Waits for a change, at most `ms`, or for what `or` says; true where one came. */
  readonly change: (ms: number | undefined, summary: string, or?: () => boolean) => Promise<boolean>;
  /** Something is being sent or written. */
  readonly busy: () => boolean;
  /** Waits until nothing is being sent or written. */
  readonly settled: () => Promise<void>;
}

const firstLadder = ({ firstFiredAt, firing, state }: IncidentState): LadderState => {
  const ladder = startLadder(Date.parse(firstFiredAt), firing.severity);
  return state === 'resolved' ? resolve(ladder) : ladder;
};

/** Counts changes, so that whoever waits for one cannot miss it. */
const createChanges = () => {
  let version = 0;
  const next: Escalation['change'] = async (ms, summary, or = () => false) => {
    const seen = version;
    const isChanged = (): boolean => version !== seen || or();
    if (ms !== undefined) return condition(isChanged, Math.max(1, ms), { summary });
    await condition(isChanged);
    return true;
  };
  return {
    made: (): void => {
      version += 1;
    },
    next,
  };
};

const createOpening = (): Pick<Escalation, 'open' | 'begun'> => {
  let begun = false;
  return {
    open: () => {
      begun = true;
    },
    begun: () => condition(() => begun),
  };
};

/** Who answers is made from the escalation, and comes after it. */
const createOvertaking = () => {
  let act: (wake?: Wake) => void = () => {};
  return {
    found: (wake?: Wake): void => act(wake),
    answerBy: (answer: (wake?: Wake) => void): void => {
      act = answer;
    },
  };
};

export const createEscalation = (input: EscalationInput): Escalation => {
  let { incident } = input;
  let ladder = input.carried?.ladder ?? firstLadder(incident);
  let yielded: string | undefined;
  const changes = createChanges();
  const overtaking = createOvertaking();
  const told = createToldLog(input.carried?.told);
  const notes: Note[] = [...(input.carried?.notes ?? [])];
  const applied: Applied[] = [...(input.carried?.applied ?? [])];

  const view = () => ({
    incident,
    ladder,
    next: nextWords(incident.policy, ladder),
    told: told.entries,
    notes,
  });
  const show = (): void => setCurrentDetails(escalationDetails(view()));
  const attributes = (): void => upsertSearchAttributes([...escalationAttributes(incident, ladder.status)]);
  const setLadder = (changed: LadderState): void => {
    const before = ladder.status;
    ladder = changed;
    changes.made();
    show();
    if (ladder.status !== before) attributes();
  };
  const isFirst = input.v === 1;
  const row = createIncidentRow({ incident: () => incident, ladder: () => ladder, names: !isFirst });
  const take = ({ state, wake }: Step): void => {
    setLadder(state);
    if (isFirst || !wake) row.write();
    if (wake) delivery.tell(wake, row.position());
  };
  const delivery = createDeliveryOf(input.v, {
    incident: () => incident,
    ladder: () => ladder,
    told: told.entries,
    onTold: (entry) => {
      told.put(entry);
      show();
    },
    setLadder,
    position: row.position,
    take,
    onOvertaken: overtaking.found,
  });
  const moveTo = (moved: LadderState): void => {
    setLadder(moved);
    if (ladder.status === 'resolved') delivery.withdraw();
    attributes();
    row.write();
  };
  const busy = (): boolean => row.busy() || delivery.busy();

  setHandler(escalationQuery, view, { description: DESCRIPTIONS.state });
  show();
  // Later ones are started with them.
  if (isFirst) attributes();

  return {
    incident: () => incident,
    ladder: () => ladder,
    applied,
    notes,
    carry: () => ({ ladder, applied, told: told.entries, notes }),
    setLadder,
    setIncident: (news) => {
      incident = news;
    },
    moveTo,
    row,
    delivery,
    onOvertaken: overtaking.answerBy,
    ...createOpening(),
    take,
    withdraw: delivery.withdraw,
    yieldTo: (workflowId) => {
      yielded = workflowId;
      changes.made();
      delivery.withdraw();
      show();
    },
    yieldedTo: () => yielded,
    change: changes.next,
    busy,
    settled: () => condition(() => !busy()),
  };
};
