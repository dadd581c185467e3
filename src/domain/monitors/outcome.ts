// What is so of one series of a rule at one tick. Null never fires: what is missing is told as missing.
import { evaluate, type Look, type Verdict } from './evaluate.ts';
import type { MonitorRule, RuleBand } from './monitor.ts';

export type Outcome =
  /** Its turn has not come: `while` does not hold. */
  | { readonly is: 'waiting' }
  | { readonly is: 'firing'; readonly band: RuleBand; readonly verdict: Verdict }
  | { readonly is: 'fine'; readonly recovered: boolean }
  /** For want of these measures, or of enough to judge by. */
  | { readonly is: 'unknown'; readonly missing: readonly string[]; readonly message?: string };

const tooLittle = ({ minimum }: MonitorRule, look: Look): Outcome | undefined => {
  if (!minimum) return undefined;
  const { measure, atLeast } = minimum;
  const count = look.value(measure);
  if (count === null) return { is: 'unknown', missing: [measure] };
  if (count >= atLeast) return undefined;
  return { is: 'unknown', missing: [], message: `${measure} is ${count}, at least ${atLeast} are needed` };
};

/** The last band that holds counts; one of which nothing is known does not hide a lower one that holds. */
export const outcomeOf = (rule: MonitorRule, look: Look): Outcome => {
  const gate = rule.while && evaluate(rule.while, look);
  if (gate?.holds === false) return { is: 'waiting' };
  // why: whoever cannot tell whether to judge must not be silent about it for ever.
  if (gate?.holds === 'unknown') return { is: 'unknown', missing: gate.missing };
  const little = tooLittle(rule, look);
  if (little) return little;
  const judged = rule.bands.map((band) => ({ band, verdict: evaluate(band.when, look) }));
  const highest = judged.findLast(({ verdict }) => verdict.holds === true);
  if (highest) return { is: 'firing', ...highest };
  const missing = judged.flatMap(({ verdict }) => verdict.missing);
  if (missing.length > 0) return { is: 'unknown', missing: [...new Set(missing)] };
  const { recovers } = rule.bands[0];
  return { is: 'fine', recovered: recovers === undefined || evaluate(recovers, look).holds === true };
};
