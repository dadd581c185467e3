// Open forms: the application keeps one key in Redis for each, for a day (DRAFT-11).
import type { MeasureDefinition } from '../../src/index.ts';
import { SESSION_KEYS } from './names.ts';

/** Counted in steps, never by a listing that keeps Redis from answering others. */
export const draftSessions: MeasureDefinition = {
  kind: 'redis',
  of: 'keys',
  key: SESSION_KEYS,
  timeout: '2s',
};
