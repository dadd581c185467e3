// What every method of the Web API is given and answers.
import type { SlackWorkspace } from './slack-workspace.ts';

export interface WebApi {
  readonly workspace: SlackWorkspace;
  readonly token: string;
  readonly scopes: ReadonlySet<string>;
  /** Whether the workspace lets nobody change messages any more. */
  readonly editWindow: { closed: boolean };
}

/** What a method answers, before it is written as JSON. */
export type WebApiResult = Readonly<Record<string, unknown>> & { readonly ok: boolean };

export type Args = Readonly<Record<string, unknown>>;

export const no = (error: string, more: object = {}): WebApiResult => ({ ok: false, error, ...more });

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1';
