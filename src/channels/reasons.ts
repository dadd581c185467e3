// A provider's own words for why it refuses something, made fit to be shown.
import { clip, printable } from './text.ts';

const MOST = 300;

/** One line, cut, and without the secrets that the provider may have echoed; what is no text is left out. */
export const shownReason = (parts: readonly unknown[], secrets: readonly string[]): string => {
  const words = parts.filter((part) => typeof part === 'string').join('; ');
  const safe = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '(masked)'), words);
  return clip(printable(safe).replaceAll('\n', ' '), MOST);
};

/** The answer's JSON object; empty where it is none. */
export const objectIn = (body: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};
