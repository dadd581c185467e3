// `sexton draft-cleanup rate-limit WHO N UNTIL`: a limit that the application honours until it ends (DRAFT-89).
import { defineCommand, variable } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';

const { instant, number, text } = variable;

const WHO = /^(org|user):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where the application looks: `{"per_hour":20,"until":"2026-02-11T00:00:00Z","by":"ana"}`. */
const keyOf = (who: string): string => `draft:rate-limit:${who.toLowerCase()}`;

export const rateLimit = defineCommand({
  name: 'rate-limit',
  summary: 'let an organization or person create so many drafts an hour, until an instant',
  args: {
    who: { summary: 'org:ID or user:ID', value: text(WHO, 'must be org: or user: and a uuid') },
    perHour: { summary: 'drafts an hour', value: number({ atLeast: 0, atMost: 1_000_000, whole: true }) },
    until: { summary: 'when it ends, such as 2026-02-11T00:00:00Z', value: instant() },
  },
  audited: true,
  run: async (tools, { who, perHour, until: given }) => {
    const until = new Date(given);
    const end = until.toISOString().replace('.000Z', 'Z');
    if (until.getTime() <= Date.now()) return { refused: `${end} has passed`, exit: 2 };
    const key = keyOf(who);
    const limit = { per_hour: perHour, until: end, by: tools.by };
    const before = await tools.redis.get(key);
    // One transaction: where Redis does not take it, the audit log does not say so.
    await tools.db(DATABASE).transaction(async (tx) => {
      await tx.audit({
        action: 'RATE_LIMIT_SET',
        resourceType: 'course_draft',
        metadata: { who, per_hour: perHour, until: end, before: before === null ? null : JSON.parse(before) },
      });
      await tools.redis.set(key, JSON.stringify(limit), until);
    });
    return {
      answer: { who, ...limit, key },
      text: `${who}: ${perHour} drafts an hour until ${end}, in Redis under ${key}`,
    };
  },
});
