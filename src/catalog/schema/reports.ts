// Checks a report by itself, and brings it into the shape that is run; what it says of its pack is checked in
// faults/report.ts.
import { z } from 'zod';
import { namedIn } from '../../domain/reports/named-parameters.ts';
import { parseParam } from '../../domain/reports/params.ts';
import {
  COLUMN_TYPES,
  type ColumnType,
  type Interpreted,
  PARAM_TYPES,
  type ReportColumn,
  type ReportParam,
} from '../../domain/reports/report.ts';
import { identifier, line, name, positiveDuration } from './names.ts';
import { reportInput } from './report-inputs.ts';
import { readStatement } from './statement.ts';

const DECIMALS: Readonly<Partial<Record<ColumnType, number>>> = {
  number: 2,
  percent: 2,
  hours: 2,
  seconds: 1,
};

const cell = z.union([z.string(), z.number(), z.boolean()]);

const limit = z
  .strictObject({
    above: z.number().optional(),
    atLeast: z.number().optional(),
    below: z.number().optional(),
    atMost: z.number().optional(),
    is: z.array(cell).min(1).optional(),
  })
  .refine((limits) => Object.values(limits).some((value) => value !== undefined), {
    error: 'must say above, atLeast, below, atMost or is',
  });

const bands = z
  .strictObject({
    warning: limit.optional(),
    critical: limit.optional(),
    where: z.record(identifier, cell).optional(),
  })
  .refine(({ warning, critical }) => warning !== undefined || critical !== undefined, {
    error: 'must say warning or critical',
  });

const column = z
  .strictObject({
    name: identifier,
    type: z.enum(COLUMN_TYPES, { error: `must be one of ${COLUMN_TYPES.join(', ')}` }),
    decimals: z.int().min(0).max(10).optional(),
    about: line.optional(),
    bands: bands.optional(),
  })
  .transform(
    ({ decimals, ...rest }) => ({ ...rest, decimals: decimals ?? DECIMALS[rest.type] ?? 0 }) as ReportColumn,
  );

const columns = z.array(column).min(1, { error: 'must have a column' });

const PARAM_NAME = { error: 'must be of a-z, 0-9 and _, a letter first: statements name it' };
const paramName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, PARAM_NAME);

const given = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.date().transform((at): string => at.toISOString()),
]);

/** A default is held to what is asked of a given value, and is kept as it is handed in. */
const param = z
  .strictObject({
    type: z.enum(PARAM_TYPES, { error: `must be one of ${PARAM_TYPES.join(', ')}` }),
    about: line,
    default: given.optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    oneOf: z.array(line).min(1).optional(),
  })
  .transform((input, context): ReportParam => {
    const stated = input as ReportParam;
    if (input.default === undefined) return stated;
    const parsed = parseParam(stated, input.default);
    if ('value' in parsed) return { ...stated, default: parsed.value };
    context.addIssue({ code: 'custom', path: ['default'], message: parsed.fault });
    return z.NEVER;
  });

const section = z.strictObject({ name, title: line, sql: readStatement, columns });

const row = z.record(identifier, z.union([cell, z.null()]));

/** A report as declared; see ReportDefinition. */
export const reportSchema = z
  .strictObject({
    name,
    number: z.int().min(1, { error: 'must be a whole number from 1' }).optional(),
    title: line,
    purpose: line,
    database: name,
    sql: readStatement,
    params: z.record(paramName, param).default({}),
    inputs: z.record(paramName, reportInput).default({}),
    columns,
    sections: z.array(section).default([]),
    budgetMs: z.number().positive({ error: 'must be > 0' }).default(500),
    timeout: positiveDuration.prefault('30s'),
    interpret: z
      .custom<(answer: Interpreted) => readonly string[]>((value) => typeof value === 'function', {
        error: 'must be a function',
      })
      .optional(),
    sample: z.array(row).min(1, { error: 'must show a row' }),
    hint: line,
    related: z.array(line).default([]),
    runbook: line.optional(),
    chart: z
      .strictObject({ kind: z.enum(['line', 'bar']), x: identifier, y: z.array(identifier).min(1) })
      .optional(),
  })
  .superRefine((report, context) => {
    const fault = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const known = new Set([...Object.keys(report.params), ...Object.keys(report.inputs)]);
    const statements = [
      { path: ['sql'], sql: report.sql },
      ...report.sections.map(({ sql }, index) => ({ path: ['sections', index, 'sql'], sql })),
      ...Object.entries(report.inputs).flatMap(([input, definition]) =>
        definition.kind === 'rows' ? [{ path: ['inputs', input, 'sql'], sql: definition.sql }] : [],
      ),
    ];
    const used = new Set(statements.flatMap(({ sql }) => namedIn(sql)));
    for (const { path, sql } of statements)
      for (const each of namedIn(sql))
        if (!known.has(each) || (path[0] === 'inputs' && each in report.inputs))
          fault(path, `must name only parameters and inputs of the report: :${each} is none`);
    for (const each of known)
      if (!used.has(each))
        fault([each in report.params ? 'params' : 'inputs', each], 'must be used by a statement');
    for (const each of Object.keys(report.params))
      if (each in report.inputs) fault(['inputs', each], 'must have another name than a parameter');
    const names = report.columns.map((each) => each.name);
    for (const each of [report.chart?.x ?? [], report.chart?.y ?? []].flat())
      if (!names.includes(each)) fault(['chart'], `must name columns of the report: ${each} is none`);
    for (const [index, sample] of report.sample.entries())
      if (Object.keys(sample).join() !== names.join())
        fault(['sample', index], `must have the columns in their order: ${names.join(', ')}`);
  });

/** A report that holds to every rule that can be judged by itself. */
export type CheckedReport = z.output<typeof reportSchema>;
