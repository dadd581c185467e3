// Runs a report: parameters, inputs, one look at its database, and what the pack makes of the rows. Used by the CLI, by
// digests and by tests alike.

import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import { askStatements, type Bindings } from '../../adapters/postgres/reports/ask.ts';
import type { CatalogReport } from '../../catalog/catalog.ts';
import { isOverBudget, type ReportAnswer } from '../../domain/reports/answer.ts';
import { type ParamValues, paramValues } from '../../domain/reports/params.ts';
import { createMeasureKinds } from '../measures/index.ts';
import { type LookingDependencies, lookingAt } from '../measures/looking.ts';
import { createTakeInputs } from './inputs.ts';

/** What was given for a report's parameters is not sound; every fault is in the message. */
export class ParamError extends Error {
  override readonly name = 'ParamError';
}

/** Told of each answer that took longer than it may. */
export type TellSlow = (answer: ReportAnswer) => void;

interface RunReportInput {
  readonly report: CatalogReport;
  /** Text as it was typed, or values; what is left out has its default. */
  readonly params?: Readonly<Record<string, string | number | null>>;
  readonly signal?: AbortSignal;
}

/** Postgres ends a statement itself; who waits gives up where the server does not answer at all. */
const GRACE_MS = 2_000;

export type RunReport = (input: RunReportInput) => Promise<ReportAnswer>;

const sound = ({ report, id }: CatalogReport, given: RunReportInput['params'] = {}): ParamValues => {
  const { values, faults } = paramValues(report.params, given);
  if (faults.length > 0) throw new ParamError(`${id}: ${faults.join('; ')}`);
  return values;
};

export const createRunReport = (
  dependencies: LookingDependencies,
  tellSlow: TellSlow = () => {},
): RunReport => {
  const takeInputs = createTakeInputs(createMeasureKinds(dependencies), dependencies);

  return async ({ report: declared, params: given, signal: outer }) => {
    const { pack, report } = declared;
    const values = sound(declared, given);
    const timeoutMs = report.timeout * 1000;
    const late = AbortSignal.timeout(timeoutMs + GRACE_MS);
    const signal = outer ? AbortSignal.any([outer, late]) : late;
    const pool = lookingAt(dependencies, pack, report.database);
    const params: Bindings = Object.fromEntries(
      Object.entries(report.params).map(([name, { type }]) => [name, { type, value: values[name] ?? null }]),
    );
    const asks = Object.keys(report.inputs).length > 0;
    const inputs = asks
      ? await takeInputs({
          pack,
          inputs: report.inputs,
          params,
          asOf: await lookReadOnly(pool, { timeoutMs, signal }, async (_, at) => at),
          timeoutMs,
          signal,
        })
      : { bindings: {}, untaken: [] };
    const statements = [report, ...report.sections];
    const found = await askStatements(
      pool,
      { timeoutMs, signal },
      { statements, bindings: { ...params, ...inputs.bindings } },
    );
    const answer = answerOf(declared, { ...found, values, untaken: inputs.untaken });
    if (isOverBudget(answer)) tellSlow(answer);
    return answer;
  };
};

type Found = Awaited<ReturnType<typeof askStatements>> &
  Pick<ReportAnswer, 'untaken'> & { readonly values: ParamValues };

const answerOf = (
  { id, report }: CatalogReport,
  { asOf, rows: [rows = [], ...more], durationMs, values, untaken }: Found,
): ReportAnswer => {
  const sections = report.sections.map(({ name, title, columns }, place) => ({
    name,
    title,
    columns,
    rows: more[place] ?? [],
  }));
  const interpreted = {
    rows,
    sections: Object.fromEntries(sections.map((section) => [section.name, section.rows])),
    params: values,
    asOf,
  };
  return {
    report: id,
    ...(report.number !== undefined && { number: report.number }),
    title: report.title,
    purpose: report.purpose,
    asOf,
    params: values,
    tables: [{ columns: report.columns, rows }, ...sections],
    lines: report.interpret?.(interpreted) ?? [],
    untaken,
    durationMs,
    budgetMs: report.budgetMs,
    ...(report.chart && { chart: report.chart }),
  };
};
