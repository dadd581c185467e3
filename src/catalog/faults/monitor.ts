// What a monitor says of itself in two places, and of its pack's databases: measures that its rules name, labels and
// placeholders of its texts, ticks that a rule is judged at.
import { type Condition, comparisonsOf } from '../../domain/monitors/condition.ts';
import { nameOfField } from '../../domain/monitors/fields.ts';
import { OWN_PLACEHOLDERS, PLACEHOLDER } from '../../domain/monitors/firing.ts';
import { longestGapSeconds, shortestGapSeconds } from '../cron.ts';
import type { CheckedPack } from '../schema/config.ts';
import type { CheckedMonitor } from '../schema/monitor.ts';
import type { CheckedRule } from '../schema/rule.ts';
import type { Fault } from './fault.ts';
import { labelsOfMeasure } from './measure-labels.ts';
import { databasesOfMeasures } from './measure-names.ts';
import { measuresInWrites, writeFaults } from './write.ts';

interface NamedMeasure {
  readonly place: string;
  readonly measure: string;
}

const inCondition = (place: string, condition: Condition | undefined): readonly NamedMeasure[] =>
  condition ? comparisonsOf(condition).map(({ measure }) => ({ place, measure })) : [];

/** Every measure that the rule names, with its place below the rule. */
const measuresIn = (rule: CheckedRule): readonly NamedMeasure[] => [
  ...rule.bands.flatMap(({ when, recovers }, index) => [
    ...inCondition(`bands.${index}.when`, when),
    ...inCondition(`bands.${index}.recovers`, recovers),
  ]),
  ...inCondition('while', rule.while),
  ...(rule.minimum ? [{ place: 'minimum.measure', measure: rule.minimum.measure }] : []),
];

const list = (names: readonly string[]): string => names.join(', ') || 'none';

const unknownMeasures = ({ measures }: CheckedMonitor, rule: CheckedRule, at: string): readonly Fault[] =>
  measuresIn(rule)
    .filter(({ measure }) => !(measure in measures))
    .map(({ place, measure }) => ({
      place: `${at}.${place}`,
      rule: `must name a measure of the monitor (${list(Object.keys(measures))})`,
      value: JSON.stringify(measure),
    }));

/** Labels of the rule's series; undefined where the declaration does not tell. */
const labelsOf = ({ measures }: CheckedMonitor, rule: CheckedRule): readonly string[] | undefined => {
  const found = measuresIn(rule).flatMap(({ measure }) => {
    const snapshot = measures[measure];
    return snapshot ? [labelsOfMeasure(snapshot)] : [];
  });
  if (found.some((labels) => labels === undefined)) return undefined;
  return [...new Set(found.flatMap((labels) => labels ?? []))];
};

const placeholdersIn = (text: string): readonly string[] =>
  [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

const textFaults = (monitor: CheckedMonitor, rule: CheckedRule, at: string): readonly Fault[] => {
  const labels = labelsOf(monitor, rule);
  const measures = [...new Set(measuresIn(rule).map(({ measure }) => measure))];
  const faultsIn = (field: string, text: string, known: readonly string[]): readonly Fault[] =>
    placeholdersIn(text)
      .filter((name) => !known.includes(name) && (labels ? !labels.includes(name) : !/^\w+$/.test(name)))
      .map((name) => ({
        place: `${at}.${field}`,
        rule: `must have only these in braces: ${list([...known, ...(labels ?? ['labels'])])}`,
        value: `{${name}}`,
      }));
  const { summary, dedupKey = '' } = rule;
  // A key that holds a value would be another one at each look; so would a measure's.
  const changing = placeholdersIn(dedupKey)
    .filter((name) => name === 'value' || name === 'limit' || measures.includes(name))
    .map((name) => ({
      place: `${at}.dedupKey`,
      rule: 'must stay the same while the alert lasts: {rule} and labels only',
      value: `{${name}}`,
    }));
  return [
    ...faultsIn('summary', summary, [...OWN_PLACEHOLDERS, ...measures]),
    ...(changing.length > 0 ? changing : faultsIn('dedupKey', dedupKey, ['rule'])),
  ];
};

const labelFaults = (monitor: CheckedMonitor, rule: CheckedRule, at: string): readonly Fault[] => {
  const labels = labelsOf(monitor, rule);
  if (!labels) return [];
  const named = [
    ...(rule.groupBy ?? []).map((label) => ({ place: 'groupBy', label })),
    ...(rule.inhibitedBy ?? []).flatMap(({ equal }, index) =>
      equal.map((label) => ({ place: `inhibitedBy.${index}.equal`, label })),
    ),
  ];
  return named
    .filter(({ label }) => !labels.includes(label))
    .map(({ place, label }) => ({
      place: `${at}.${place}`,
      rule: `must be a label of the rule's measures (${list(labels)})`,
      value: JSON.stringify(label),
    }));
};

/** Ticks are counted from the epoch, which means something only where they are evenly spaced. */
const turnFaults = (
  { schedule }: CheckedMonitor,
  { every = 1 }: CheckedRule,
  at: string,
): readonly Fault[] =>
  every > 1 && shortestGapSeconds(schedule) !== longestGapSeconds(schedule)
    ? [
        {
          place: `${at}.every`,
          rule: `must be left out: ticks of ${schedule} are not evenly spaced`,
          value: `${every}`,
        },
      ]
    : [];

/** Measures that records name, each with its place below the monitor. */
const measuresOfRecords = ({ records = [] }: CheckedMonitor): readonly NamedMeasure[] =>
  records.flatMap(({ measure, fields }, index) => [
    { place: `records.${index}.measure`, measure },
    ...Object.entries(fields).flatMap(([field, value]) =>
      typeof value === 'object' && value !== null
        ? [{ place: `records.${index}.fields.${field}.of`, measure: value.of }]
        : [],
    ),
  ]);

/** Names in braces of fields that are whole measures: those of labels and payloads only an answer tells. */
const measuresInFields = ({ records = [], measures }: CheckedMonitor): readonly string[] =>
  records
    .flatMap(({ fields }) => Object.values(fields).flatMap((field) => nameOfField(field) ?? []))
    .filter((name) => name in measures);

/** `place` is the monitor's. */
export const monitorFaults = (
  pack: CheckedPack,
  monitor: CheckedMonitor,
  place: string,
): readonly Fault[] => {
  const recorded = measuresOfRecords(monitor);
  const used = new Set([
    ...monitor.rules.flatMap((rule) => measuresIn(rule).map(({ measure }) => measure)),
    ...recorded.map(({ measure }) => measure),
    ...measuresInFields(monitor),
    ...measuresInWrites(monitor),
  ]);
  const unused = Object.entries(monitor.measures).flatMap(([name, { keep }]) =>
    used.has(name) || keep ? [] : [name],
  );
  const elsewhere = databasesOfMeasures(monitor.measures).filter(({ name }) => !(name in pack.databases));
  return [
    ...elsewhere.map((named) => ({
      place: `${place}.${named.place}`,
      rule: `must be a database of the pack (${Object.keys(pack.databases).join(', ') || 'it declares none'})`,
      value: JSON.stringify(named.name),
    })),
    ...unused.map((name) => ({
      place: `${place}.measures.${name}`,
      rule: 'must be used by a rule, a record or a write, or say keep: true',
    })),
    ...recorded
      .filter(({ measure }) => !(measure in monitor.measures))
      .map(({ place: at, measure }) => ({
        place: `${place}.${at}`,
        rule: `must name a measure of the monitor (${list(Object.keys(monitor.measures))})`,
        value: JSON.stringify(measure),
      })),
    ...writeFaults(pack, monitor, place),
    ...monitor.rules.flatMap((rule, index) => {
      const at = `${place}.rules.${index}`;
      return [unknownMeasures, textFaults, labelFaults, turnFaults].flatMap((faults) =>
        faults(monitor, rule, at),
      );
    }),
  ];
};
