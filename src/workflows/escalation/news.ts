// What an escalation hears of its incident: the whole present state from the door, or from the run itself that it is
// worse while the door does not answer; and, at its beginning, how far an earlier execution had come.
import { setHandler } from '@temporalio/workflow';
import type { StoredLadder } from '../../adapters/postgres/alerts/ladders.ts';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import {
  type LadderState,
  observeMember,
  observeSeverity,
  reopen,
  resolve,
} from '../../domain/alerts/ladder.ts';
import { SEVERITIES, type Severity } from '../../domain/alerts/severity.ts';
import { DESCRIPTIONS, observedSignal, type Worse, worsenedSignal } from '../messages.ts';
import type { Escalation } from './escalation-state.ts';

export interface News {
  /** The incident's whole present state; one that is not newer than what is known changes nothing. */
  readonly observe: (incident: IncidentState) => void;
  /** Lets answers and news in, with the ladder that an earlier execution had come to. */
  readonly begin: (stored?: Stored | null) => void;
  /** Takes up the ladder of a newer row. */
  readonly goOn: (stored: Stored) => void;
}

type Stored = Pick<StoredLadder, 'ladder' | 'revision'>;

/** The ladder after news: the cause is gone, is back, or is as bad as `severity` now. */
const follow = (
  ladder: LadderState,
  { state, firing: { severity } }: Pick<IncidentState, 'state' | 'firing'>,
): LadderState => {
  if (ladder.status === 'resolved') {
    return state === 'resolved' ? ladder : reopen(ladder, severity, Date.now());
  }
  return state === 'resolved' ? resolve(ladder) : observeSeverity(ladder, severity, Date.now());
};

/** What kept people from being told is gone: asked again at once, and not at its time. */
const letGo = (ladder: LadderState, { held }: Pick<IncidentState, 'held'>): LadderState =>
  ladder.held && !held ? { ...ladder, held: { ...ladder.held, askMs: Date.now() } } : ladder;

const isWorse = (a: Severity, b: Severity): boolean => SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b);

export const handleNews = (escalation: Escalation): News => {
  const { incident, ladder, row } = escalation;

  const observe = (news: IncidentState): void => {
    if (news.seq <= incident().seq) return;
    const before = incident();
    const resolvedBefore = incident().number === 0 && ladder().status === 'resolved';
    escalation.setIncident(news);
    if (resolvedBefore) {
      // Resolved by hand while there was no row for it: the row learns of it, the ladder stays.
      row.answerInTheEnd(row.position(), { withdraw: true, resolvedBy: ladder().by ?? 'somebody' });
      escalation.setLadder(ladder());
      return;
    }
    escalation.moveTo(letGo(follow(ladder(), news), news));
    if ((news.members?.ever ?? 0) > (before.members?.ever ?? 0)) joined(news);
  };

  /** Another alert has joined the group; whether that wakes anybody, its rule says. */
  const joined = ({ policy, onNewMember }: IncidentState): void => {
    const step = observeMember(policy, ladder(), onNewMember, Date.now());
    if (step.wake) escalation.take(step);
  };

  const worsen = ({ firing, policy }: Worse): void => {
    if (!isWorse(firing.severity, incident().firing.severity)) return;
    escalation.setIncident({ ...incident(), firing, policy });
    escalation.moveTo(follow(ladder(), { state: 'open', firing }));
  };

  const once = escalation.begun;
  setHandler(observedSignal, (news) => once().then(() => observe(news)), {
    description: DESCRIPTIONS.observed,
  });
  setHandler(worsenedSignal, (worse) => once().then(() => worsen(worse)), {
    description: DESCRIPTIONS.worsened,
  });

  const goOn = ({ ladder: found, revision }: Stored): void => {
    if (!found) return;
    row.from(revision);
    escalation.moveTo(follow(found, incident()));
  };

  return {
    observe,
    goOn,
    begin: (stored) => {
      if (stored) goOn(stored);
      escalation.open();
    },
  };
};
