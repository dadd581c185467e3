// What a report or a digest says of the rest of its pack: databases, variables, numbers, what belongs together, roles.
import { wakeableNames } from '../../domain/alerts/directory.ts';
import type { Directory } from '../../domain/alerts/on-call.ts';
import { formatDuration } from '../../domain/duration.ts';
import { paramValues } from '../../domain/reports/params.ts';
import { closeMatches } from '../close-matches.ts';
import { shortestGapSeconds } from '../cron.ts';
import type { CheckedPack } from '../schema/config.ts';
import type { CheckedDigest } from '../schema/digests.ts';
import type { CheckedReport } from '../schema/reports.ts';
import { type Fault, shownValue } from './fault.ts';
import { wakeableRule } from './people.ts';

const list = (names: readonly string[]): string => names.join(', ') || 'none';

/** Databases that it asks, each with its place below the report. */
const databasesOf = (report: CheckedReport): readonly { readonly place: string; readonly name: string }[] => [
  { place: 'database', name: report.database },
  ...Object.entries(report.inputs).flatMap(([input, each]) => {
    const place = `inputs.${input}.database`;
    if (each.kind === 'rows') return [{ place, name: each.database }];
    const database = each.kind === 'measure' ? each.measure.with['database'] : undefined;
    return typeof database === 'string' ? [{ place, name: database }] : [];
  }),
];

/** `place` is the report's. */
export const reportFaults = (pack: CheckedPack, report: CheckedReport, place: string): readonly Fault[] =>
  databasesOf(report)
    .filter(({ name }) => !(name in pack.databases))
    .map((each) => ({
      place: `${place}.${each.place}`,
      rule: `must be a database of the pack (${list(Object.keys(pack.databases))})`,
      value: JSON.stringify(each.name),
    }));

const numbersTwice = (pack: string, reports: readonly CheckedReport[]): readonly Fault[] =>
  reports.flatMap(({ name, number }, index) => {
    const first = reports.slice(0, index).find((each) => number !== undefined && each.number === number);
    if (!first) return [];
    return [
      {
        place: `${pack}/report/${name}.number`,
        rule: `must be unique in its pack: ${first.name} has it`,
        value: `${number}`,
      },
    ];
  });

/** What can only be told of all of them; `names` is every name that a report may be related to. */
export const reportsTogetherFaults = ({
  pack,
  reports,
  names,
}: {
  readonly pack: string;
  readonly reports: readonly CheckedReport[];
  readonly names: readonly string[];
}): readonly Fault[] => {
  const lost = reports.flatMap(({ name, related }) =>
    related
      .filter((each) => !names.includes(each))
      .map((each) => ({
        place: `${pack}/report/${name}.related`,
        rule: `must name reports, jobs, monitors, rules or checks of the pack; near it: ${list(closeMatches(each, names))}`,
        value: JSON.stringify(each),
      })),
  );
  return [...numbersTwice(pack, reports), ...lost];
};

const paramFaults = (
  digest: CheckedDigest,
  sound: readonly CheckedReport[],
  place: string,
): readonly Fault[] =>
  digest.reports.flatMap(({ report, params }, index) => {
    const found = sound.find(({ name }) => name === report);
    if (!found) return [];
    const { faults } = paramValues(found.params, params);
    return faults.map((rule) => ({ place: `${place}.reports.${index}.params`, rule }));
  });

/** One that still waits would keep the next from being made. */
const signOffFaults = ({ schedule, signOff }: CheckedDigest, place: string): readonly Fault[] => {
  const between = shortestGapSeconds(schedule);
  if (!signOff || signOff.withinSeconds < between) return [];
  const rule = `must be shorter than the time between two of them, ${formatDuration(between)}`;
  return [{ place: `${place}.signOff.within`, rule, value: formatDuration(signOff.withinSeconds) }];
};

/** Reports by name as written, so that one with a fault of its own is not told to be unknown besides. */
export const digestFaults = ({
  digest,
  place,
  reports,
  sound,
  directory,
}: {
  readonly digest: CheckedDigest;
  readonly place: string;
  readonly reports: readonly string[];
  /** Those that are sound. */
  readonly sound: readonly CheckedReport[];
  readonly directory: Directory;
}): readonly Fault[] => {
  const unknownReports = digest.reports.flatMap(({ report }, index) =>
    reports.includes(report)
      ? []
      : [
          {
            place: `${place}.reports.${index}`,
            rule: `must be a report of the pack (${list(reports)})`,
            value: JSON.stringify(report),
          },
        ],
  );
  const roles = [
    ...digest.to.map((role, index) => ({ at: `to.${index}`, role })),
    ...(digest.signOff ? [{ at: 'signOff.by', role: digest.signOff.by }] : []),
  ];
  const names = wakeableNames(directory);
  const nobody = roles.flatMap(({ at, role }) => {
    const rule = wakeableRule(role, { names, kinds: 'role, person or rotation' });
    return rule === undefined ? [] : [{ place: `${place}.${at}`, rule, value: shownValue(role) ?? '' }];
  });
  return [
    ...unknownReports,
    ...paramFaults(digest, sound, place),
    ...nobody,
    ...signOffFaults(digest, place),
  ];
};
