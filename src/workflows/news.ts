// What an escalation hears of its incident: the whole present state from the door, or from the run itself that it is
// worse while the door does not answer; and, at its beginning, how far an earlier execution had come.
import { setHandler } from '@temporalio/workflow';
import type { StoredLadder } from '../adapters/postgres/alerts/ladders.ts';
import type { IncidentState } from '../domain/alerts/alert.ts';
import { type LadderState, observeSeverity, reopen, resolve } from '../domain/alerts/ladder.ts';
import { SEVERITIES, type Severity } from '../domain/alerts/severity.ts';
import type { Escalation } from './escalation-state.ts';
import { DESCRIPTIONS, observedSignal, type Worse, worsenedSignal } from './messages.ts';

export interface News {
  /** The incident's whole present state; one that is not newer than what is known changes nothing. */
  readonly observe: (incident: IncidentState) => void;
  /** Lets answers and news in, with the ladder that an earlier execution had come to. */
  readonly begin: (stored?: StoredLadder | null) => void;
}

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

const isWorse = (a: Severity, b: Severity): boolean => SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b);

export const handleNews = (escalation: Escalation): News => {
  const { incident, ladder, row } = escalation;

  const observe = (news: IncidentState): void => {
    if (news.seq <= incident().seq) return;
    const resolvedBefore = incident().number === 0 && ladder().status === 'resolved';
    escalation.setIncident(news);
    if (resolvedBefore) {
      // Resolved by hand while there was no row for it: the row learns of it, the ladder stays.
      row.answerInTheEnd(row.position(), { withdraw: true, resolvedBy: ladder().by ?? 'somebody' });
      escalation.setLadder(ladder());
      return;
    }
    escalation.moveTo(follow(ladder(), news));
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

  return {
    observe,
    begin: (stored) => {
      if (stored?.ladder) {
        row.from(stored.revision);
        escalation.moveTo(follow(stored.ladder, incident()));
      }
      escalation.open();
    },
  };
};
