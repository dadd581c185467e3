// Sexton's own incidents as SQL tells them apart. Literals, so that partial indexes serve them.
import { DRILL_RULE } from '../../../domain/alerts/drill.ts';
import { CANARY, SELF_PACK, SELF_RULES } from '../../../domain/alerts/self.ts';

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** Of a row of sexton.incident, by the name that the statement has for it. */
export const isCanary = (incident: string): string =>
  `(${incident}.pack = '${SELF_PACK}' AND ${incident}.rule = '${CANARY.rule}')`;

/** About the telling itself. */
export const isAboutTelling = (incident: string): string =>
  `(${incident}.pack = '${SELF_PACK}' AND ${incident}.rule IN (${list(SELF_RULES)}))`;

/** Of the systems that Sexton looks after, and of its own jobs; drills are nobody's trouble. */
export const isReal = (incident: string): string =>
  `(NOT (${incident}.pack = '${SELF_PACK}' AND ${incident}.rule IN (${list([CANARY.rule, ...SELF_RULES])}))
    AND ${incident}.rule <> '${DRILL_RULE}')`;
