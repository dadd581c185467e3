// What a monitor's writes say of the rest of their pack: databases, and the names in their statements.
import { TICK } from '../../domain/monitors/writes.ts';
import { namedIn } from '../../domain/reports/named-parameters.ts';
import type { CheckedPack } from '../schema/config.ts';
import type { CheckedMonitor } from '../schema/monitor.ts';
import type { Fault } from './fault.ts';

/** Measures that writes name. */
export const measuresInWrites = ({ writes = [] }: Pick<CheckedMonitor, 'writes'>): readonly string[] =>
  writes.flatMap(({ sql }) => namedIn(sql).filter((name) => name !== TICK));

/** `place` is the monitor's. */
export const writeFaults = (pack: CheckedPack, monitor: CheckedMonitor, place: string): readonly Fault[] => {
  const { writes = [], measures } = monitor;
  return writes.flatMap((write, index) => {
    const at = `${place}.writes.${index}`;
    const database = pack.databases[write.database];
    const unknown = namedIn(write.sql).filter((name) => name !== TICK && !(name in measures));
    return [
      ...(database && !('home' in database)
        ? []
        : [
            {
              place: `${at}.database`,
              rule: `must be a database of the pack's own (${Object.keys(pack.databases).join(', ')})`,
              value: JSON.stringify(write.database),
            },
          ]),
      ...unknown.map((name) => ({
        place: `${at}.sql`,
        rule: `must name only :tick and measures of the monitor (${Object.keys(measures).join(', ')})`,
        value: `:${name}`,
      })),
    ];
  });
};
