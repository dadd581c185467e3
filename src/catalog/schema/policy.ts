// Checks a policy by itself, so that no mistake in one is found at night: a ladder that tells nobody, a tier
// that is never reached. Whether its names are known is checked where the config's people are.
import { z } from 'zod';
import { SEVERITIES } from '../../domain/alerts/severity.ts';
import { secondsUntilClosed } from '../../domain/work-windows.ts';
import { having } from './having.ts';
import { duration, line, name, positiveDuration } from './names.ts';
import { type Broken, tierFaults } from './tiers.ts';
import { window } from './windows.ts';

const severity = z.enum(SEVERITIES);

const MOST_REPEATS = 1000;
const TIMES = `must be a whole number from 1 to ${MOST_REPEATS}; to repeat it until the next tier leave it out`;

const repeat = z
  .strictObject({
    every: positiveDuration,
    times: z.int({ error: TIMES }).min(1, { error: TIMES }).max(MOST_REPEATS, { error: TIMES }).optional(),
  })
  .transform(({ every, times }) => ({ everySeconds: every, ...(times === undefined ? {} : { times }) }));

const tier = z
  .strictObject({
    name,
    after: duration,
    notify: z.array(line).min(1, { error: 'must name at least one role or target' }).optional(),
    mark: name.optional(),
    repeat: repeat.optional(),
    raiseTo: severity.optional(),
  })
  .refine(({ notify, mark }) => notify !== undefined || mark !== undefined, {
    error: 'must notify somebody, mark something, or both',
  })
  .transform(({ after, notify = [], mark, repeat: again, raiseTo, ...rest }) => ({
    ...rest,
    afterSeconds: after,
    notify,
    ...(mark === undefined ? {} : { mark }),
    ...(again === undefined ? {} : { repeat: again }),
    ...(raiseTo === undefined ? {} : { raiseTo }),
  }));

const addTo =
  (context: { addIssue: (issue: { code: 'custom'; path: (string | number)[]; message: string }) => void }) =>
  ({ path, message }: Broken): void =>
    context.addIssue({ code: 'custom', path: [...path], message });

const tiers = z
  .array(tier)
  .min(1, { error: 'must have a tier' })
  .superRefine((list, context) => tierFaults(list).forEach(addTo(context)));

/** A Monday in winter: windows repeat weekly, so any week will do. */
const SOME_WEEK_MS = Date.UTC(2026, 0, 5);
const WEEK_SECONDS = 7 * 86_400;

const quietHours = z.strictObject({
  windows: z
    .array(window)
    .min(1, { error: 'must have a window; to have no quiet hours leave them out' })
    .refine((windows) => secondsUntilClosed(windows, SOME_WEEK_MS, WEEK_SECONDS) !== undefined, {
      error: 'must leave some time of the week, or nobody is ever woken',
    }),
  below: severity.refine((text) => text !== SEVERITIES[0], {
    error: `must be above ${SEVERITIES[0]}: nothing is below it`,
  }),
});

/** Of an alert's response time. */
const responses = z.strictObject({ responses: z.number().positive({ error: 'must be > 0' }) });

interface Answered {
  /** As they are written where one of them has a fault. */
  readonly tiers: readonly { readonly name: string; readonly notify?: readonly string[] }[];
  readonly ackExpires?: number | undefined;
  readonly ackExpiresTo?: string | undefined;
  readonly ackOverdue?: number | z.output<typeof responses> | undefined;
}

/** What an acknowledgement leads to must be there, and must come. */
const ackFaults = ({ tiers: list, ackExpires, ackExpiresTo, ackOverdue }: Answered): readonly Broken[] => {
  const telling = list.filter(({ notify = [] }) => notify.length > 0).map((each) => each.name);
  const toNobody = ackExpiresTo !== undefined && !telling.includes(ackExpiresTo);
  const never = typeof ackOverdue === 'number' && ackExpires !== undefined && ackExpires < ackOverdue;
  const unanswered = typeof ackOverdue === 'object' && list.length < 2;
  return [
    toNobody && {
      path: ['ackExpiresTo'],
      message: `must be a tier of the policy that tells somebody (${telling.join(', ')})`,
    },
    never && { path: ['ackOverdue'], message: 'must not be above ackExpires, or it never comes' },
    unanswered && {
      path: ['ackOverdue'],
      message: 'must be a duration: without a second tier nobody is waited for',
    },
  ].filter((each) => each !== false);
};

const overdueOf = (
  ackOverdue: Answered['ackOverdue'],
  [, second]: readonly { readonly afterSeconds: number }[],
): { readonly ackOverdueSeconds?: number; readonly ackOverdueResponses?: number } => {
  if (typeof ackOverdue === 'number') return { ackOverdueSeconds: ackOverdue };
  if (ackOverdue === undefined || !second) return {};
  const { responses: times } = ackOverdue;
  return { ackOverdueSeconds: second.afterSeconds * times, ackOverdueResponses: times };
};

/** A policy as declared; see PolicyDefinition. */
export const policySchema = z
  .strictObject({
    name,
    tiers,
    ackExpires: positiveDuration.optional(),
    ackExpiresTo: name.optional(),
    ackOverdue: having({ key: 'responses', is: responses, otherwise: positiveDuration }).optional(),
    quietHours: quietHours.optional(),
    resolvedNotice: z.boolean().optional(),
    degradedRouting: z.boolean().optional(),
  })
  .superRefine((policy, context) => ackFaults(policy).forEach(addTo(context)))
  .transform(
    ({
      ackExpires,
      ackExpiresTo,
      ackOverdue,
      quietHours: quiet,
      resolvedNotice = true,
      degradedRouting = false,
      ...policy
    }) => ({
      ...policy,
      ...(ackExpires === undefined ? {} : { ackExpiresSeconds: ackExpires }),
      ...(ackExpiresTo === undefined ? {} : { ackExpiresTo }),
      ...overdueOf(ackOverdue, policy.tiers),
      ...(quiet === undefined ? {} : { quietHours: quiet }),
      ...(resolvedNotice ? {} : { resolvedNotice }),
      ...(degradedRouting ? { degradedRouting } : {}),
    }),
  );

/** A policy that holds to every rule that can be judged without the config. */
export type CheckedPolicy = z.output<typeof policySchema>;
