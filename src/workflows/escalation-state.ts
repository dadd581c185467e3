// What an escalation holds: incident, ladder, what was told. Every change goes through here, so that details,
// attributes, the row in Postgres and the waiting loop cannot come apart.
import { condition, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { IncidentState } from '../domain/alerts/alert.ts';
import {
  type Applied,
  type EscalationCarried,
  type EscalationInput,
  type Note,
  nextWords,
} from '../domain/alerts/escalation.ts';
import { type LadderState, resolve, type Step, startLadder } from '../domain/alerts/ladder.ts';
import { escalationDetails } from './display.ts';
import { createIncidentRow, type IncidentRow } from './incident-row.ts';
import { DESCRIPTIONS, escalationQuery } from './messages.ts';
import { INCIDENT, KIND, NAME, PACK, SEVERITY, STATE } from './search-attributes.ts';
import { createSender } from './sender.ts';
import { createToldLog } from './told.ts';

export interface Escalation {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  readonly applied: Applied[];
  readonly notes: Note[];
  readonly carry: () => EscalationCarried;
  readonly row: IncidentRow;
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
  /** Waits for a change, at most `ms`; true where one came. */
  readonly change: (ms: number | undefined, summary: string) => Promise<boolean>;
  /** Something is being sent or written. */
  readonly busy: () => boolean;
  /** Waits until nothing is being sent or written. */
  readonly settled: () => Promise<void>;
}

const firstLadder = ({ firstFiredAt, firing, state }: IncidentState): LadderState => {
  const ladder = startLadder(Date.parse(firstFiredAt), firing.severity);
  return state === 'resolved' ? resolve(ladder) : ladder;
};

const showAttributes = ({ id, firing }: IncidentState, { status }: LadderState): void => {
  const [pack = '', rule = ''] = id.split('/');
  upsertSearchAttributes([
    { key: KIND, value: 'escalation' },
    { key: PACK, value: pack },
    { key: NAME, value: rule },
    { key: STATE, value: status },
    { key: SEVERITY, value: firing.severity },
    { key: INCIDENT, value: id },
  ]);
};

export const createEscalation = (input: EscalationInput): Escalation => {
  let { incident } = input;
  let ladder = input.carried?.ladder ?? firstLadder(incident);
  let yielded: string | undefined;
  let version = 0;
  let begun = false;
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
  const attributes = (): void => showAttributes(incident, ladder);
  const setLadder = (changed: LadderState): void => {
    const before = ladder.status;
    ladder = changed;
    version += 1;
    show();
    if (ladder.status !== before) attributes();
  };
  const row = createIncidentRow({ incident: () => incident, ladder: () => ladder });
  const sender = createSender({
    incident: () => incident,
    ladder: () => ladder,
    onTold: (entry) => {
      told.put(entry);
      show();
    },
  });

  const busy = (): boolean => row.busy() || sender.busy();

  setHandler(escalationQuery, view, { description: DESCRIPTIONS.state });
  show();
  attributes();

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
    moveTo: (moved) => {
      setLadder(moved);
      if (ladder.status === 'resolved') sender.withdraw();
      attributes();
      row.write();
    },
    row,
    open: () => {
      begun = true;
    },
    begun: () => condition(() => begun),
    take: ({ state, wake }) => {
      setLadder(state);
      row.write();
      if (wake) sender.tell(wake);
    },
    withdraw: sender.withdraw,
    yieldTo: (workflowId) => {
      yielded = workflowId;
      version += 1;
      sender.withdraw();
      show();
    },
    yieldedTo: () => yielded,
    change: async (ms, summary) => {
      const seen = version;
      const isChanged = (): boolean => version !== seen;
      if (ms !== undefined) return condition(isChanged, Math.max(1, ms), { summary });
      await condition(isChanged);
      return true;
    },
    busy,
    settled: () => condition(() => !busy()),
  };
};
