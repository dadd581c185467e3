// Notices: that somebody has it, and that it is over, to whoever was told that it fires and in no channel that does not
// care. Never before the page that they belong to, never for one that was withdrawn.
import { condition } from '@temporalio/workflow';
import type { LadderPosition } from '../../adapters/postgres/alerts/ladders.ts';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import { composeNotice } from '../../domain/alerts/compose.ts';
import type { Told } from '../../domain/alerts/escalation.ts';
import type { LadderState } from '../../domain/alerts/ladder.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';
import { whoWasTold } from '../proxies.ts';
import { type Background, createBackground, type Send } from './messenger.ts';

type NoticeStatus = 'acknowledged' | 'resolved';

interface Numbered {
  readonly wake: number;
  readonly position: LadderPosition;
}

export interface Notices {
  readonly notify: (status: NoticeStatus) => void;
  /** Makes sure of one that an earlier execution had begun. */
  readonly resume: (status: NoticeStatus, numbered: Numbered, targets: readonly Target[]) => void;
  readonly busy: Background['busy'];
}

interface NoticesInput {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  readonly told: readonly Told[];
  readonly send: Send;
  /** Something is on its way to people, or is being withdrawn. */
  readonly paging: () => boolean;
  /** A number for a notice; undefined where it is not true any more. */
  readonly number: (status: NoticeStatus) => Numbered | undefined;
  readonly onOvertaken: () => void;
}

export const createNotices = (input: NoticesInput): Notices => {
  const { incident, ladder, told, send, paging, number: take, onOvertaken } = input;
  const background = createBackground();

  /** Pages that went out without rows: only the workflow knows of them. */
  const alone = (): readonly Told[] =>
    told.filter(({ key, outcome, status }) => key !== undefined && outcome === 'sent' && !status);

  const tell = async (
    status: NoticeStatus,
    { wake, position }: Numbered,
    { targets, resumed = false }: { readonly targets: readonly Target[]; readonly resumed?: boolean },
  ): Promise<void> => {
    const { policy } = incident();
    if (!policy) return;
    const atMs = Date.now();
    const at = new Date(atMs).toISOString();
    const common = { incident: incident(), policy, ladder: ladder(), status, wake, atMs };
    const overtaken = await Promise.all(
      targets.map((target) => {
        const moreKeys = alone().flatMap((each) =>
          each.key !== undefined && formatTarget(each) === formatTarget(target) ? [each.key] : [],
        );
        return send({
          wake,
          target,
          notification: composeNotice({ ...common, target }),
          position,
          at,
          ...(targets.length > 1 && !resumed && { plan: targets }),
          ...(moreKeys.length > 0 && { moreKeys }),
          ...(resumed && { resumed }),
        });
      }),
    );
    if (overtaken.includes(true)) onOvertaken();
  };

  const notify = async (status: NoticeStatus): Promise<void> => {
    await condition(() => !paging());
    const { number, policy } = incident();
    if (!policy || (status === 'resolved' && policy.resolvedNotice === false)) return;
    const besides = alone().map(({ channel, address }) => ({ channel, address }));
    const targets = await whoWasTold({ ...(number > 0 && { number }), status, besides });
    const numbered = targets.length > 0 ? take(status) : undefined;
    if (numbered) await tell(status, numbered, { targets });
  };

  return {
    notify: (status) => {
      // An earlier one that nobody has taken yet is not true any more.
      background.cancel();
      background.run(() => notify(status));
    },
    resume: (status, numbered, targets) =>
      background.run(() => tell(status, numbered, { targets, resumed: true })),
    busy: background.busy,
  };
};
