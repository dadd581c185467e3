// What a name becomes: file, identifier, words. `purge_sessions` is purge-sessions.ts and purgeSessions.
import ts from 'typescript';
import { name as nameSchema } from '../../src/catalog/schema/names.ts';
import { refuse } from './refused.ts';

/** `purge_sessions` → `purge-sessions`. */
export const fileName = (name: string): string => name.replaceAll('_', '-');

/** `purge_sessions` → `purgeSessions`. */
export const identifier = (name: string): string =>
  name.replace(/[-_]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replace(/[-_]+$/, '');

/** `purge_sessions` → `PurgeSessions`. */
export const typeName = (name: string): string => {
  const text = identifier(name);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
};

/** `purge_sessions` → `purge sessions`. */
export const words = (name: string): string => name.replace(/[-_]+/g, ' ').trim();

/** `purge_sessions` → `Purge sessions`. */
export const titled = (name: string): string => {
  const text = words(name);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
};

/** A word that TypeScript keeps for itself, so that nothing can be called by it. */
const isReserved = (text: string): boolean => {
  const kind = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text).scan();
  const isFree = kind === ts.SyntaxKind.Identifier || kind > ts.SyntaxKind.LastFutureReservedWord;
  return !isFree || ['await', 'arguments', 'eval', 'undefined'].includes(text);
};

/** Refuses what the catalog would refuse, and what cannot be an identifier. */
export const checkName = (name: string): void => {
  const checked = nameSchema.safeParse(name);
  if (!checked.success) refuse(`the name ${name} ${checked.error.issues[0]?.message ?? 'is not valid'}`);
  if (isReserved(identifier(name))) refuse(`the name ${name} is a word of TypeScript; choose another`);
};

/** What a job is about, without the verb: `purge_sessions` → `sessions`. */
export const subjectOf = (job: string): string =>
  job
    .replaceAll('-', '_')
    .replace(/^(clean_?up|clean|clear|purge|delete|expire|remove|prune|sweep|drop)_(?=.)/, '');

/** One of many: `quiz_responses` → `quiz_response`. Good enough for a first draft of a resource type. */
export const singular = (noun: string): string =>
  noun
    .replace(/ies$/, 'y')
    .replace(/(ss|us|is)$/, '$1')
    .replace(/(?<![sui])s$/, '');
