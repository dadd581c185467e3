// What measures name of their pack: databases, and variables that hold addresses and secrets. Each with its place, so
// that whoever checks a monitor can say where a wrong name stands.
import type { HttpParams } from '../../domain/monitors/measure-params.ts';
import type { MeasureSnapshot } from '../../domain/monitors/monitor.ts';

interface Named {
  /** Below the monitor: `measures.depth.database`. */
  readonly place: string;
  readonly name: string;
}

type Measures = Readonly<Record<string, MeasureSnapshot>>;

/** Databases of the pack. */
export const databasesOfMeasures = (measures: Measures): readonly Named[] =>
  Object.entries(measures).flatMap(([measure, { with: params }]) => {
    const database = params['database'];
    return typeof database === 'string' ? [{ place: `measures.${measure}.database`, name: database }] : [];
  });

const variablesOf = ({ kind, with: params }: MeasureSnapshot): readonly Named[] => {
  if (kind !== 'http') return [];
  const { url, secretHeaders } = params as unknown as HttpParams;
  const secrets = Object.entries(secretHeaders).map(([header, { variable }]) => ({
    place: `secretHeaders.${header}`,
    name: variable,
  }));
  return [{ place: 'url', name: url }, ...secrets];
};

/** Variables of the pack whose values the worker must have. */
export const variablesOfMeasures = (measures: Measures): readonly Named[] =>
  Object.entries(measures).flatMap(([measure, snapshot]) =>
    variablesOf(snapshot).map(({ place, name }) => ({ place: `measures.${measure}.${place}`, name })),
  );
