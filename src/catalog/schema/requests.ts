// Checks the requests that steps make. Addresses and secrets are named by variables of the pack, never written here.
import { z } from 'zod';
import { columnsIn } from '../../domain/jobs/http-request.ts';
import { identifier, line, positiveDuration, variableName } from './names.ts';
import { columns } from './selection.ts';
import { batchStatement } from './statement.ts';

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]+$/, { error: 'must be the name of a header' })
  .refine((text) => !/^(idempotency-key|content-length|host|connection)$/i.test(text), {
    error: 'is set by the engine',
  });

const status = z.int({ error: 'must be an HTTP status' }).min(100).max(599);

const common = {
  url: variableName,
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], { error: 'must be GET, POST, PUT, PATCH or DELETE' })
    .default('POST'),
  headers: z.record(headerName, line).default({}),
  secretHeaders: z
    .record(headerName, z.strictObject({ variable: variableName, prefix: z.string().default('') }))
    .default({}),
  success: z.array(status).min(1, { error: 'must name at least one status' }).optional(),
};

const path = z
  .string()
  .regex(/^([/?].*)?$/, { error: 'must begin with / or ?: it is appended to the address' })
  .default('');

const template = (text: z.ZodType<string>) =>
  text.refine((value) => columnsIn(value).every((column) => identifier.safeParse(column).success), {
    error: 'must name a column in each {}',
  });

const LONGEST_ANSWER_SECONDS = 20;

const bodyless = ({ method, body }: { readonly method: string; readonly body?: unknown }): boolean =>
  method !== 'GET' || body === undefined;
const BODYLESS = { path: ['body'], error: 'must be left out of a GET' };

export const itemRequest = z
  .strictObject({
    ...common,
    path: template(path),
    body: z.union([columns, z.record(line, identifier)]).optional(),
    idempotencyKey: template(line)
      .refine((text) => columnsIn(text).length > 0, { error: 'must name a column, such as {id}' })
      .optional(),
    rateLimit: z
      .strictObject({ perSecond: z.number().positive({ error: 'must be > 0' }).max(1000) })
      .optional(),
    atOnce: z.int({ error: 'must be a whole number from 1 to 20' }).min(1).max(20).default(1),
    timeout: positiveDuration
      .refine((seconds) => seconds <= LONGEST_ANSWER_SECONDS, { error: 'must be at most 20s' })
      .prefault('10s'),
    done: z.strictObject({ column: identifier }),
    afterwards: z.strictObject({ sql: batchStatement }).optional(),
  })
  .refine(bodyless, BODYLESS)
  .transform(({ body, idempotencyKey, rateLimit, timeout, done, afterwards, success, ...rest }) => ({
    ...rest,
    timeoutSeconds: timeout,
    doneColumn: done.column,
    ...(success && { success }),
    ...(body && { body: Array.isArray(body) ? Object.fromEntries(body.map((name) => [name, name])) : body }),
    ...(idempotencyKey && { idempotencyKey }),
    ...(rateLimit && { perSecond: rateLimit.perSecond }),
    ...(afterwards && { thenSql: afterwards.sql }),
  }));

export const singleRequest = z
  .strictObject({ ...common, path, body: z.json().optional() })
  .refine(bodyless, BODYLESS)
  .transform(({ body, success, ...rest }) => ({
    ...rest,
    ...(success && { success }),
    ...(body !== undefined && { body }),
  }));
