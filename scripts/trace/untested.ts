// Requirements without a test of their own, each with the reason. A reason goes as soon as a test names the requirement:
// `npm run trace` fails on one that stayed.
import { idsOf } from './requirements.ts';

const because = (ids: readonly string[], reason: string): Readonly<Record<string, string>> =>
  Object.fromEntries(ids.map((id) => [id, reason]));

const PLANNED = 'a planned item of its specification, not built yet';

export const UNTESTED: Readonly<Record<string, string>> = {
  ...because(idsOf({ prefix: 'SLA', from: 100, to: 108 }), PLANNED),
  ...because(idsOf({ prefix: 'DRAFT', from: 94, to: 100 }), PLANNED),
  ...because(['DRAFT-102', 'DRAFT-103'], PLANNED),
};
