// What a report takes before it asks its statement: measures, rows of other databases, the pack's jobs. One that cannot be
// taken is null and named; the report still runs.
import { askRows, type Bindings, type Bound } from '../../adapters/postgres/reports/ask.ts';
import { labelsOfMeasure } from '../../catalog/faults/measure-labels.ts';
import type { CheckedInput } from '../../catalog/schema/report-inputs.ts';
import type { Taken } from '../../domain/monitors/measure.ts';
import type { MeasureSnapshot } from '../../domain/monitors/monitor.ts';
import type { Untaken } from '../../domain/reports/answer.ts';
import { namedIn } from '../../domain/reports/named-parameters.ts';
import { messageOf, sqlState } from '../failures.ts';
import type { MeasureKinds } from '../measures/index.ts';
import { type LookingDependencies, lookingAt } from '../measures/looking.ts';
import { takeMeasures } from '../measures/take-measures.ts';
import { declaredRows, scheduledRows } from './job-rows.ts';

export interface InputsAsked {
  readonly pack: string;
  readonly inputs: Readonly<Record<string, CheckedInput>>;
  /** Parameters, which rows of other databases may name. */
  readonly params: Bindings;
  /** The report's database's clock. */
  readonly asOf: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface TakenInputs {
  readonly bindings: Bindings;
  readonly untaken: readonly Untaken[];
}

type Part = { readonly bound: Bound; readonly untaken?: Untaken };

/** A measure without labels is a number; one with labels, or of which only the answer tells, a list. */
export const isOne = (measure: MeasureSnapshot): boolean => labelsOfMeasure(measure)?.length === 0;

const failed = (input: string, error: unknown): Untaken => {
  const state = sqlState(error);
  return { input, type: state === undefined ? 'FAILED' : `SQL_${state}`, message: messageOf(error) };
};

const ofMeasure = (input: string, measure: MeasureSnapshot, taken: Taken | undefined): Part => {
  const type = isOne(measure) ? 'one' : 'many';
  if (!taken || 'error' in taken) {
    const error = taken?.error ?? { type: 'FAILED', message: 'it was not taken' };
    return { bound: { type, value: null }, untaken: { input, ...error } };
  }
  const { readings } = taken;
  if (type === 'one') return { bound: { type, value: readings[0]?.value ?? null } };
  return {
    bound: { type, value: JSON.stringify(readings.map(({ labels, value }) => ({ ...labels, value }))) },
  };
};

/** Only what the statement names: Postgres refuses a value that it has no place for. */
const bindingsFor = (sql: string, params: Bindings): Bindings =>
  Object.fromEntries(namedIn(sql).flatMap((name) => (params[name] ? [[name, params[name]]] : [])));

export const createTakeInputs =
  (kinds: MeasureKinds, dependencies: LookingDependencies) =>
  async (asked: InputsAsked): Promise<TakenInputs> => {
    const { pack, inputs, params, asOf, timeoutMs, signal } = asked;

    const ofJobs = async (input: string, schedules: boolean): Promise<Part> => {
      const many = (rows: readonly object[]): Bound => ({ type: 'many', value: JSON.stringify(rows) });
      const declared = declaredRows(dependencies.declared, pack);
      if (!schedules) return { bound: many(declared) };
      try {
        return { bound: many(await scheduledRows(dependencies, pack)) };
      } catch (error) {
        const rows = declared.map((row) => ({ ...row, registered: null, paused: null, next_run: null }));
        return { bound: many(rows), untaken: failed(input, error) };
      }
    };

    const ofRows = async (
      input: string,
      { database, sql }: { readonly database: string; readonly sql: string },
    ): Promise<Part> => {
      try {
        const pool = lookingAt(dependencies, pack, database);
        const value = await askRows(pool, { timeoutMs, signal }, { sql, bindings: bindingsFor(sql, params) });
        return { bound: { type: 'many', value } };
      } catch (error) {
        return { bound: { type: 'many', value: null }, untaken: failed(input, error) };
      }
    };

    const measures = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, each]) =>
        each.kind === 'measure' ? [[name, each.measure]] : [],
      ),
    );
    const taking = takeMeasures(kinds, { monitor: { pack, measures }, asOf, signal, before: new Map() });
    const parts = await Promise.all(
      Object.entries(inputs).map(async ([name, each]): Promise<readonly [string, Part]> => {
        if (each.kind === 'jobs') return [name, await ofJobs(name, each.schedules)];
        if (each.kind === 'rows') return [name, await ofRows(name, each)];
        const taken = (await taking).find(({ measure }) => measure === name);
        return [name, ofMeasure(name, each.measure, taken)];
      }),
    );
    return {
      bindings: Object.fromEntries(parts.map(([name, { bound }]) => [name, bound])),
      untaken: parts.flatMap(([, { untaken }]) => (untaken ? [untaken] : [])),
    };
  };
