// What an escalation holds: incident, ladder, what was told. Every change goes through here, so that details,
// attributes, the row in Postgres and the waiting loop cannot come apart.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { condition, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { StoredLadder } from '../adapters/postgres/ladders.ts';
import type { IncidentState } from '../domain/alert.ts';
import {
  type Applied,
  type EscalationCarried,
  type EscalationInput,
  type Note,
  nextWords,
  TOLD_KEPT,
  type Told,
} from '../domain/escalation.ts';
import {
  type LadderState,
  observeSeverity,
  reopen,
  resolve,
  type Step,
  startLadder,
} from '../domain/ladder.ts';
import { SEVERITIES, type Severity } from '../domain/severity.ts';
import { escalationDetails } from './display.ts';
import { createIncidentRow, type IncidentRow } from './incident-row.ts';
import { DESCRIPTIONS, escalationQuery, observedSignal, type Worse, worsenedSignal } from './messages.ts';
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
  readonly row: IncidentRow;
  /** Lets answers and news in, with the ladder that an earlier execution had come to. */
  readonly begin: (stored?: StoredLadder | null) => void;
  /** Until then nobody knows what an answer or news would change. */
  readonly begun: () => Promise<void>;
  /** Replaces the ladder; the row is written by whoever asked for it. */
  readonly setLadder: (ladder: LadderState) => void;
  /** Takes a step of the ladder: writes the row and tells whom it names. */
  readonly take: (step: Step) => void;
  /** Stops what is being sent and not yet claimed. */
  readonly withdraw: () => void;
  /** The incident's whole present state; one that is not newer than what is known changes nothing. */
  readonly observe: (incident: IncidentState) => void;
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

/** The ladder after news: the cause is gone, is back, or is as bad as `severity` now. */
const follow = (
  ladder: LadderState,
  { state, firing: { severity } }: Pick<IncidentState, 'state' | 'firing'>,
): LadderState => {
  if (ladder.status === 'resolved')
    return state === 'resolved' ? ladder : reopen(ladder, severity, Date.now());
  return state === 'resolved' ? resolve(ladder) : observeSeverity(ladder, severity, Date.now());
};

const isWorse = (a: Severity, b: Severity): boolean => SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b);

export const createEscalation = (input: EscalationInput): Escalation => {
  let { incident } = input;
  let ladder = input.carried?.ladder ?? firstLadder(incident);
  let yielded: string | undefined;
  let version = 0;
  let begun = false;
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
  const row = createIncidentRow({ incident: () => incident, ladder: () => ladder });
  const sender = createSender({
    incident: () => incident,
    ladder: () => ladder,
    onTold: (entry) => {
      const place = told.findLastIndex(
        ({ wake, channel, address }) =>
          wake === entry.wake && channel === entry.channel && address === entry.address,
      );
      if (place < 0) told.push(entry);
      else told[place] = entry;
      told.splice(0, Math.max(0, told.length - TOLD_KEPT));
      show();
    },
  });

  const changed = (): void => {
    if (ladder.status === 'resolved') sender.withdraw();
    attributes();
    row.write();
  };
  const observe = (news: IncidentState): void => {
    if (news.seq <= incident.seq) return;
    const resolvedBefore = incident.number === 0 && ladder.status === 'resolved';
    incident = news;
    if (resolvedBefore) {
      // Resolved by hand while there was no row for it: the row learns of it, the ladder stays.
      row.answerInTheEnd(row.position(), { withdraw: true, resolvedBy: ladder.by ?? 'somebody' });
      setLadder(ladder);
      return;
    }
    setLadder(follow(ladder, news));
    changed();
  };
  const worsen = ({ firing, policy }: Worse): void => {
    if (!isWorse(firing.severity, incident.firing.severity)) return;
    incident = { ...incident, firing, policy };
    setLadder(follow(ladder, { state: 'open', firing }));
    changed();
  };
  const busy = (): boolean => row.busy() || sender.busy();
  const isBegun = (): Promise<void> => condition(() => begun);

  setHandler(observedSignal, (news) => isBegun().then(() => observe(news)), {
    description: DESCRIPTIONS.observed,
  });
  setHandler(worsenedSignal, (worse) => isBegun().then(() => worsen(worse)), {
    description: DESCRIPTIONS.worsened,
  });
  setHandler(escalationQuery, () => ({ incident, ladder, next: next(), told, notes }), {
    description: DESCRIPTIONS.state,
  });
  show();
  attributes();

  return {
    incident: () => incident,
    ladder: () => ladder,
    applied,
    notes,
    carry: () => ({ ladder, applied, told, notes }),
    setLadder,
    row,
    begin: (stored) => {
      if (stored?.ladder) {
        row.from(stored.revision);
        setLadder(follow(stored.ladder, incident));
        changed();
      }
      begun = true;
    },
    begun: isBegun,
    take: ({ state, wake }) => {
      setLadder(state);
      row.write();
      if (wake) sender.tell(wake);
    },
    withdraw: sender.withdraw,
    observe,
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
    busy,
    settled: () => condition(() => !busy()),
  };
};
