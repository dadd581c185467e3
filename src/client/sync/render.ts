// One line a difference: as an order for `plan`, in the past tense for `apply`.
import type { Change, Difference } from './differences.ts';

const PAST: Readonly<Record<Difference['action'], string>> = {
  run: 'ran',
  add: 'added',
  create: 'created',
  update: 'updated',
  delete: 'deleted',
};

/** Longer values are not shown: that they changed is enough for a line. */
const SHOWN_CHARACTERS = 60;

const shown = (value: unknown): string => {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length > 6 ? `${value.length} values` : value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const renderChange = ({ path, from, to }: Change): string => {
  const [before, after] = [shown(from), shown(to)];
  const short = [before, after].every((text) => text.length <= SHOWN_CHARACTERS && !text.includes('\n'));
  return short ? `${path} ${before} → ${after}` : `${path} changed`;
};

/** `update schedule sexton/…: budgetSeconds 300 → 600`. */
export const renderDifference = (difference: Difference, tense: 'order' | 'past'): string => {
  const { action, kind, name, note, changes } = difference;
  const verb = tense === 'past' ? PAST[action] : action;
  const tail = changes ? `: ${changes.map(renderChange).join(', ')}` : note === undefined ? '' : ` (${note})`;
  return `${verb} ${kind} ${name}${tail}`;
};
