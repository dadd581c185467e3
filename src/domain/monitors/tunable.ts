// What of a rule people may set at run time (DRAFT-68), each under a name, with the value in the words that it is set by.
import { SEVERITIES, type Severity } from '../alerts/severity.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { type Comparison, type Condition, comparisonsOf, LIMITS } from './condition.ts';
import type { MonitorRule, RuleBand } from './monitor.ts';
import { answeredRoutes } from './response.ts';

/** One figure of a rule. */
export interface Tunable {
  /** `for`, or `<alert type>.<measure>.above`. */
  readonly field: string;
  /** As it would be set: `30m`, `35`, `high`. */
  readonly value: string;
  /** The rule with another value; a text says what a value must be. */
  readonly set: (value: string) => MonitorRule | string;
}

type Parse<T> = (text: string) => T | string;

const seconds: Parse<number> = (text) => parseDuration(text) ?? 'must be a duration, such as 15m or 0s';

const time: Parse<number> = (text) => {
  const parsed = parseDuration(text);
  return parsed !== undefined && parsed > 0 ? parsed : 'must be a duration above 0, such as 15m';
};

const number: Parse<number> = (text) =>
  /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : 'must be a number, such as 30 or 0.5';

const count: Parse<number> = (text) =>
  /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 'must be a whole number from 1 on';

const severity: Parse<Severity> = (text) =>
  SEVERITIES.find((each) => each === text) ?? (`must be ${SEVERITIES.join(', ')}` as const);

const tunable = (
  field: string,
  value: string,
  parse: Parse<number>,
  set: (value: number) => MonitorRule,
): Tunable => ({
  field,
  value,
  set: (text) => {
    const parsed = parse(text);
    return typeof parsed === 'string' ? parsed : set(parsed);
  },
});

const ofRule = (rule: MonitorRule): readonly Tunable[] => {
  const { timing = {}, reopenWithinSeconds, reopenAfterSeconds } = rule.rule;
  const door = (change: Partial<MonitorRule['rule']>): MonitorRule => ({
    ...rule,
    rule: { ...rule.rule, ...change },
  });
  const { minimum, every = 1 } = rule;
  return [
    tunable('for', formatDuration(timing.forSeconds ?? 0), seconds, (forSeconds) =>
      door({ timing: { ...timing, forSeconds } }),
    ),
    tunable('keepFiring', formatDuration(timing.keepFiringSeconds ?? 0), seconds, (keepFiringSeconds) =>
      door({ timing: { ...timing, keepFiringSeconds } }),
    ),
    tunable('reopenWithin', formatDuration(reopenWithinSeconds), seconds, (value) =>
      door({ reopenWithinSeconds: value }),
    ),
    tunable('reopenAfter', formatDuration(reopenAfterSeconds), seconds, (value) =>
      door({ reopenAfterSeconds: value }),
    ),
    ...(every > 1
      ? [
          tunable('every', `${every}`, count, (value) => {
            const cadenceSeconds = ((timing.cadenceSeconds ?? 0) / every) * value;
            return { ...door({ timing: { ...timing, cadenceSeconds } }), every: value };
          }),
        ]
      : []),
    ...(minimum
      ? [
          tunable('minimum', `${minimum.atLeast}`, number, (atLeast) => ({
            ...rule,
            minimum: { ...minimum, atLeast },
          })),
        ]
      : []),
  ];
};

const replaced = (condition: Condition, from: Comparison, to: Comparison): Condition => {
  if ('any' in condition) return { any: condition.any.map((part) => replaced(part, from, to)) };
  if ('all' in condition) return { all: condition.all.map((part) => replaced(part, from, to)) };
  return condition === from ? to : condition;
};

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly parse: Parse<number>;
  readonly to: (value: number) => Comparison;
}

const figuresOf = (comparison: Comparison): readonly Figure[] => {
  const { measure } = comparison;
  if ('ratio' in comparison) {
    const { ratio } = comparison;
    return (['above', 'below'] as const).flatMap((side) => {
      const limit = ratio[side];
      if (limit === undefined) return [];
      const to = (value: number): Comparison => ({ measure, ratio: { ...ratio, [side]: value } });
      return [{ name: `ratio.${side}`, value: `${limit}`, parse: number, to }];
    });
  }
  if ('increasing' in comparison)
    return [
      {
        name: 'increasing',
        value: `${comparison.increasing}`,
        parse: count,
        to: (increasing) => ({ measure, increasing }),
      },
    ];
  if ('unchangedForSeconds' in comparison) {
    const value = formatDuration(comparison.unchangedForSeconds);
    return [
      {
        name: 'unchangedFor',
        value,
        parse: time,
        to: (unchangedForSeconds) => ({ measure, unchangedForSeconds }),
      },
    ];
  }
  if ('absentForSeconds' in comparison) {
    const value = formatDuration(comparison.absentForSeconds);
    return [
      { name: 'absentFor', value, parse: time, to: (absentForSeconds) => ({ measure, absentForSeconds }) },
    ];
  }
  return LIMITS.flatMap((limit) => {
    const value: unknown = Reflect.get(comparison, limit);
    if (typeof value !== 'number') return [];
    const to = (next: number): Comparison => ({ ...comparison, [limit]: next });
    return [{ name: limit, value: `${value}`, parse: number, to }];
  });
};

const withBand = (rule: MonitorRule, place: number, change: Partial<RuleBand>): MonitorRule => {
  const [first, ...others] = rule.bands.map((band, index) =>
    index === place ? { ...band, ...change } : band,
  );
  if (!first) return rule;
  const bands = [first, ...others] as const;
  return { ...rule, bands, rule: { ...rule.rule, routes: answeredRoutes(rule.rule.routes, bands) } };
};

const ofCondition = (
  prefix: string,
  condition: Condition,
  set: (condition: Condition) => MonitorRule,
): readonly Tunable[] =>
  comparisonsOf(condition).flatMap((comparison) =>
    figuresOf(comparison).map(({ name, value, parse, to }) =>
      tunable(`${prefix}.${comparison.measure}.${name}`, value, parse, (next) =>
        set(replaced(condition, comparison, to(next))),
      ),
    ),
  );

const ofBand = (rule: MonitorRule, place: number, band: RuleBand): readonly Tunable[] => {
  const { alertType, when, recovers, responseSeconds } = band;
  return [
    {
      field: `${alertType}.severity`,
      value: band.severity,
      set: (text) => {
        const parsed = severity(text);
        const known = SEVERITIES.find((each) => each === parsed);
        if (known === undefined) return parsed;
        return withBand(rule, place, { severity: known, severityWord: rule.severityWords?.[known] ?? known });
      },
    },
    ...(responseSeconds === undefined
      ? []
      : [
          tunable(`${alertType}.response`, formatDuration(responseSeconds), time, (value) =>
            withBand(rule, place, { responseSeconds: value }),
          ),
        ]),
    ...ofCondition(alertType, when, (next) => withBand(rule, place, { when: next })),
    ...(recovers
      ? ofCondition(`${alertType}.recovers`, recovers, (next) => withBand(rule, place, { recovers: next }))
      : []),
  ];
};

/** Everything of a rule that may be set. A figure that stands twice under one name cannot be told apart and is left out. */
export const tunables = (rule: MonitorRule): readonly Tunable[] => {
  const all = [...ofRule(rule), ...rule.bands.flatMap((band, place) => ofBand(rule, place, band))];
  return all.filter(({ field }) => all.filter((each) => each.field === field).length === 1);
};

/** The figure of that name, or the only one that ends in it: `above` is enough where there is one limit. */
export const findTunable = (rule: MonitorRule, named: string): readonly Tunable[] => {
  const all = tunables(rule);
  const exact = all.filter(({ field }) => field === named);
  return exact.length > 0 ? exact : all.filter(({ field }) => field.endsWith(`.${named}`));
};
