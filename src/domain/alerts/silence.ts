// What a silence says: which alerts, until when, by whom and why. Pure: text in, matchers or every fault of it out.

export interface Matcher {
  /** `pack`, `rule`, or a label; one that an alert lacks is empty. */
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A silence that is forgotten hides a real alert, so it ends within a week: who still needs it says so again. */
export const LONGEST_SILENCE_SECONDS = 7 * 86_400;

const MOST_MATCHERS = 20;
const LONGEST_VALUE = 200;
/** `(?<` and backreferences are what makes matching slow or means something else in another engine. */
const UNSAFE = /\\[1-9]|\(\?[^:]/;

const PATTERN = /^([A-Za-z_][\w.-]*)(=~|!~|!=|=)(.*)$/s;

export const matcherText = ({ label, op, value }: Matcher): string => `${label}${op}${value}`;

type Parsed = { readonly matcher: Matcher } | { readonly fault: string };

const parse = (text: string): Parsed => {
  const [, label, op, value] = PATTERN.exec(text) ?? [];
  if (label === undefined || value === undefined || !isOperator(op)) {
    return {
      fault: `${text}: must be LABEL=VALUE, LABEL!=VALUE, LABEL=~REGEX or LABEL!~REGEX, such as rule=slow_queries`,
    };
  }
  if (value.length > LONGEST_VALUE) return { fault: `${label}: must be at most ${LONGEST_VALUE} characters` };
  if (op.includes('~') && UNSAFE.test(value)) {
    return { fault: `${text}: an expression may have neither backreferences nor (?…) other than (?:…)` };
  }
  return { matcher: { label, op, value } };
};

const isOperator = (text: string | undefined): text is Matcher['op'] =>
  text === '=' || text === '!=' || text === '=~' || text === '!~';

const names = ({ op, value }: Matcher): boolean => (op === '=' && value !== '') || op === '=~';

/** Every fault at once; the expressions themselves are tried by the database, which will use them. */
export const parseMatchers = (
  texts: readonly string[],
): { readonly matchers: readonly Matcher[]; readonly faults: readonly string[] } => {
  const parsed = texts.map(parse);
  const matchers = parsed.flatMap((each) => ('matcher' in each ? [each.matcher] : []));
  const faults = parsed.flatMap((each) => ('fault' in each ? [each.fault] : []));
  if (texts.length === 0)
    faults.push('no matcher: name what is to be quiet, such as pack=shop rule=slow_queries');
  if (texts.length > MOST_MATCHERS) faults.push(`${texts.length} matchers: at most ${MOST_MATCHERS}`);
  if (faults.length === 0 && !matchers.some(names)) {
    faults.push(
      'only exclusions: one matcher must name something with = or =~, or everything would be quiet',
    );
  }
  const sexton = matchers.some(
    ({ label, op, value }) => label === 'pack' && op === '=' && value === 'sexton',
  );
  if (sexton && !matchers.some(({ label, op }) => label === 'rule' && op === '=')) {
    faults.push(
      "Sexton's own alerts cannot be silenced as a whole: name one of its rules, such as rule=overdue_wakes",
    );
  }
  return { matchers, faults };
};

/** An alert as silences look at it. */
export interface Silenceable {
  readonly pack: string;
  readonly rule: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const valueOf = ({ pack, rule, labels }: Silenceable, label: string): string =>
  label === 'pack' ? pack : label === 'rule' ? rule : (labels[label] ?? '');

/** Whether a value fits an expression; undefined where nobody can say. */
export type Fits = (expression: string, value: string) => boolean | undefined;

/**
 * All matchers at once. Sexton's own alerts are kept quiet one rule at a time, by its name: nothing silences the watchman as a
 * whole.
 */
export const quietens = (matchers: readonly Matcher[], alert: Silenceable, fits: Fits): boolean =>
  matchers.every(({ label, op, value }) => {
    const actual = valueOf(alert, label);
    if (op === '=' || op === '!=') return (actual === value) === (op === '=');
    return fits(value, actual) === (op === '=~');
  }) &&
  (alert.pack !== 'sexton' || matchers.some(({ label, op }) => label === 'rule' && op === '='));
