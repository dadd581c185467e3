// What an escalation holds: incident, ladder, what was told. Every change goes through here, so that details,
// attributes, the row in Postgres and the waiting loop cannot come apart.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { condition, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { IncidentState } from '../domain/alert.ts';
import {
  type Applied,
  type EscalationCarried,
  type EscalationInput,
  type Note,
  nextWords,
  type Told,
  TOLD_KEPT,
} from '../domain/escalation.ts';
import { type LadderState, nextDue, observeSeverity, reopen, resolve, type Step, startLadder } from '../domain/ladder.ts';
import { escalationDetails } from './display.ts';
import { DESCRIPTIONS, escalationQuery, observedSignal } from './messages.ts';
import { recordStep } from './proxies.ts';
import { createSender } from './sender.ts';

const KIND = defineSearchAttributeKey('SextonKind', SearchAttributeType.KEYWORD);
const PACK = defineSearchAttributeKey('SextonPack', SearchAttributeType.KEYWORD);
const NAME = defineSearchAttributeKey('SextonName', SearchAttributeType.KEYWORD);
const STATE = defineSearchAttributeKey('SextonState', SearchAttributeType.KEYWORD);
const SEVERITY = defineSearchAttributeKey('SextonSeverity', SearchAttributeType.KEYWORD);
const INCIDENT = defineSearchAttributeKey('SextonIncident', SearchAttributeType.KEYWORD);

export interface Escalation {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  readonly applied: Applied[];
  readonly notes: Note[];
  readonly carry: () => EscalationCarried;
  /** Replaces the ladder; the row is written by whoever asked for it. */
  readonly setLadder: (ladder: LadderState) => void;
  /** Takes a step of the ladder: writes the row and tells whom it names. */
  readonly take: (step: Step) => void;
  /** Stops what is being sent and not yet claimed. */
  readonly withdraw: () => void;
  readonly adopt: (incident: IncidentState) => void;
  readonly yieldTo: (workflowId: string) => void;
  readonly yieldedTo: () => string | undefined;
  /** Waits for a change, at most `ms`; true where one came. */
  readonly change: (ms: number | undefined, summary: string) => Promise<boolean>;
  /** Waits until nothing is being sent or written. */
  readonly settled: () => Promise<void>;
}

const firstLadder = ({ firstFiredAt, firing, state }: IncidentState): LadderState => {
  const ladder = startLadder(Date.parse(firstFiredAt), firing.severity);
  return state === 'resolved' ? resolve(ladder) : ladder;
};

export const createEscalation = (input: EscalationInput): Escalation => {
  let { incident } = input;
  let ladder = input.carried?.ladder ?? firstLadder(incident);
  let yielded: string | undefined;
  let version = 0;
  let writing = 0;
  const told: Told[] = [...(input.carried?.told ?? [])];
  const notes: Note[] = [...(input.carried?.notes ?? [])];
  const applied: Applied[] = [...(input.carried?.applied ?? [])];
  const next = (): string => nextWords(incident.policy, ladder);

  const show = (): void => {
    setCurrentDetails(escalationDetails({ incident, ladder, next: next(), told, notes }));
  };
  const attributes = (): void => {
    const [pack = '', rule = ''] = incident.id.split('/');
    upsertSearchAttributes([
      { key: KIND, value: 'escalation' },
      { key: PACK, value: pack },
      { key: NAME, value: rule },
      { key: STATE, value: ladder.status },
      { key: SEVERITY, value: incident.firing.severity },
      { key: INCIDENT, value: incident.id },
    ]);
  };
  const setLadder = (changed: LadderState): void => {
    const before = ladder.status;
    ladder = changed;
    version += 1;
    show();
    if (ladder.status !== before) attributes();
  };
  const write = (): void => {
    if (incident.number === 0) return;
    const due = nextDue(incident.policy, ladder);
    writing += 1;
    void recordStep({
      number: incident.number,
      ladder,
      ...(due && { nextDueAt: new Date(due.atMs).toISOString() }),
    }).finally(() => {
      writing -= 1;
    });
  };
  const sender = createSender({
    incident: () => incident,
    ladder: () => ladder,
    onTold: (entry) => {
      const place = told.findLastIndex(
        ({ wake, channel, address }) => wake === entry.wake && channel === entry.channel && address === entry.address,
      );
      if (place < 0) told.push(entry);
      else told[place] = entry;
      told.splice(0, Math.max(0, told.length - TOLD_KEPT));
      show();
    },
  });

  const observe = (news: IncidentState): void => {
    if (news.seq <= incident.seq) return;
    const wasResolved = ladder.status === 'resolved';
    incident = news;
    const severity = news.firing.severity;
    if (news.state === 'resolved') setLadder(resolve(ladder));
    else if (wasResolved) setLadder(reopen(ladder, severity, Date.now()));
    else setLadder(observeSeverity(ladder, severity, Date.now()));
    if (ladder.status === 'resolved') sender.withdraw();
    attributes();
    write();
  };

  setHandler(observedSignal, observe, { description: DESCRIPTIONS.observed });
  setHandler(escalationQuery, () => ({ incident, ladder, next: next(), told, notes }), { description: DESCRIPTIONS.state });
  show();
  attributes();

  return {
    incident: () => incident,
    ladder: () => ladder,
    applied,
    notes,
    carry: () => ({ ladder, applied, told, notes }),
    setLadder,
    take: ({ state, wake }) => {
      setLadder(state);
      write();
      if (wake) sender.tell(wake);
    },
    withdraw: sender.withdraw,
    adopt: (adopted) => {
      incident = { ...adopted, policy: adopted.policy ?? incident.policy };
      version += 1;
      show();
      attributes();
      write();
    },
    yieldTo: (workflowId) => {
      yielded = workflowId;
      version += 1;
      sender.withdraw();
      show();
    },
    yieldedTo: () => yielded,
    change: async (ms, summary) => {
      const seen = version;
      const changed = (): boolean => version !== seen;
      if (ms === undefined) {
        await condition(changed);
        return true;
      }
      return condition(changed, Math.max(1, ms), { summary });
    },
    settled: () => condition(() => writing === 0 && !sender.busy()),
  };
};
