// A drill: one message that says so itself, through a real channel, and how that ended.
import { randomUUID } from 'node:crypto';
import { alsoOf, type Channel, ChannelError } from '../channels/channel.ts';
import type { Notification } from '../domain/alerts/notification.ts';
import { formatTarget, type Target } from '../domain/alerts/policy.ts';

/** How it ended; what `--json` prints. */
export interface Outcome {
  readonly target: string;
  /** `refused`: somebody must change something. `unclear`: not reached, told to wait, or no answer. */
  readonly outcome: 'taken' | 'refused' | 'unclear';
  /** The provider's id of the drill. */
  readonly id?: string;
  /** The provider was told that the drill is over. */
  readonly resolved: boolean;
  readonly error?: string;
}

const TIMEOUT_MS = 10_000;

/** As loud as it gets, so that it takes the way of a real page. */
const drill = (target: string): Notification => {
  const id = randomUUID();
  return {
    key: `sexton/drill/${id}`,
    incident: `sexton/drill/${id.slice(0, 8)}`,
    severity: 'critical',
    severityWord: 'DRILL',
    alertType: 'drill',
    summary: `This is a drill, nothing is wrong: somebody tries the way to ${target}`,
    since: new Date().toISOString(),
    tier: 'drill',
    next: 'nothing follows',
    action: 'Nothing: only tell whoever sent it that it came',
    acknowledge: 'not needed, it is a drill',
    facts: [['Sent by', 'sexton notify test']],
    payload: { drill: true },
    degradedRouting: false,
    stateStoreUnreachable: false,
  };
};

/** Sends a drill and, where `resolve` and the channel takes that, its end. */
export const tryOut = async (
  channel: Channel,
  { target, resolve }: { readonly target: Target; readonly resolve: boolean },
): Promise<Outcome> => {
  const { address } = target;
  const name = formatTarget(target);
  const notification = drill(name);
  const fresh = () => ({ address, retry: false, signal: AbortSignal.timeout(TIMEOUT_MS) });
  let id: string | undefined;
  try {
    ({ id } = await channel.send({ ...fresh(), notification, dedupKey: notification.key }));
    const resolved = resolve && alsoOf(channel, address).includes('resolved');
    if (resolved) {
      const over = { ...notification, status: 'resolved', endedAt: new Date().toISOString() } as const;
      const about = { openKeys: [notification.key], ...(id !== undefined && { thread: id }) };
      await channel.send({ ...fresh(), ...about, notification: over });
    }
    return { target: name, outcome: 'taken', resolved, ...(id !== undefined && { id }) };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const outcome = error.recoverable ? 'unclear' : 'refused';
    const told = id === undefined ? error.message : `the drill was taken, its end was not: ${error.message}`;
    return { target: name, outcome, resolved: false, error: told, ...(id !== undefined && { id }) };
  }
};
