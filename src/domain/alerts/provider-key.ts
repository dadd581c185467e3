// Keys by which a provider folds alerts. A trigger on a key that is open or acknowledged there notifies nobody, so a
// key is used twice only once its alert is certainly over; later wakes have keys of their own.
import type { IncidentState } from './alert.ts';

/** The longest key that PagerDuty takes. */
const LONGEST = 255;
/** Kept free for `/i<number>/w<wake>`. */
const SUFFIX = 40;

/** Channels whose provider folds by key. */
const FOLDING: readonly string[] = ['pagerduty'];

export const foldsByKey = (channel: string): boolean => FOLDING.includes(channel);

/** The pack's own key, else rule and labels: the same for each incident of one series or group. */
export const baseKey = ({ id, firing, labels = {} }: IncidentState): string => {
  if (firing.dedupKey !== undefined) return firing.dedupKey;
  const rule = id.replace(/\/\d+$/, '');
  const parts = Object.keys(labels)
    .toSorted()
    .map((name) => `${name}=${labels[name]}`);
  return parts.length > 0 ? `${rule}:${parts.join(',')}` : rule;
};

export interface KeyInput {
  readonly base: string;
  readonly number: number;
  readonly wake: number;
  /** The incident has told this address before. */
  readonly later: boolean;
  /** An earlier incident used the base there, and nobody knows that its alert is over. */
  readonly taken: boolean;
}

/** `<base>`, `<base>/i<number>` or `<base>/i<number>/w<wake>`; a base that is too long is cut, and told apart by a hash. */
export const providerKey = ({ base, number, wake, later, taken }: KeyInput): string => {
  if (later) return `${short(base, LONGEST - SUFFIX)}/i${number}/w${wake}`;
  return taken ? `${short(base, LONGEST - SUFFIX)}/i${number}` : short(base, LONGEST);
};

const short = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const mark = `~${hash(text)}`;
  return text.slice(0, most - mark.length) + mark;
};

/** 64 bits in hex by FNV-1a: told apart is all that is asked of it. */
const hash = (text: string): string => {
  let state = 0xcbf29ce484222325n;
  for (let place = 0; place < text.length; place += 1) {
    state = ((state ^ BigInt(text.charCodeAt(place))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return state.toString(16).padStart(16, '0');
};
