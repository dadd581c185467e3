// What an escalation has told whom, newest last; only the last ones are kept in sight.
import { TOLD_KEPT, type Told } from '../../domain/alerts/escalation.ts';

export interface ToldLog {
  readonly entries: Told[];
  /** Adds a message, or says what became of it. */
  readonly put: (entry: Told) => void;
}

export const createToldLog = (before: readonly Told[] = []): ToldLog => {
  const entries = [...before];
  return {
    entries,
    put: (entry) => {
      const place = entries.findLastIndex(
        ({ wake, channel, address }) =>
          wake === entry.wake && channel === entry.channel && address === entry.address,
      );
      if (place < 0) entries.push(entry);
      else entries[place] = entry;
      entries.splice(0, Math.max(0, entries.length - TOLD_KEPT));
    },
  };
};
