// The words of Alertmanager's webhooks (version 4), for receivers that read those: an incident is a group of one
// alert. They have none for an acknowledgement, so none is told.
import { createHash } from 'node:crypto';
import type { Notification } from '../../domain/alerts/notification.ts';
import { clip, memberLines, plainText } from '../text.ts';
import { signedRequest, type WebhookFormat } from './sign.ts';

type Words = Readonly<Record<string, string>>;

/** What Alertmanager posts, as far as receivers read it. */
export interface AlertmanagerMessage {
  readonly version: '4';
  /** The same for every message of an incident. */
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Words;
  readonly commonLabels: Words;
  readonly commonAnnotations: Words;
  readonly externalURL: string;
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Words;
    readonly annotations: Words;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
    /** The same for every message of an incident. */
    readonly fingerprint: string;
  }[];
}

/** How Alertmanager, which is written in Go, says that there is no instant. */
const NEVER = '0001-01-01T00:00:00Z';

const annotationsOf = (notification: Notification): Words => {
  const { summary, runbook, action, next, acknowledge, incident, tier } = notification;
  const members = memberLines(notification);
  return {
    summary,
    description: clip(plainText(notification), 4_000),
    ...(runbook !== undefined && { runbook_url: runbook }),
    ...(action !== undefined && { action }),
    ...(members.length > 0 && { members: members.join('\n') }),
    next,
    acknowledge,
    incident,
    tier,
  };
};

export const alertmanagerMessage = (
  notification: Notification,
  { target, nowMs }: { readonly target: string; readonly nowMs: number },
): AlertmanagerMessage => {
  const { labels: own = {}, alertType, severity, incident, since, endedAt } = notification;
  const status = notification.status === 'resolved' ? 'resolved' : 'firing';
  const [pack = '', ...rest] = incident.split('/');
  const labels = { ...own, ...(rest.length === 2 && { pack }), alertname: alertType, severity };
  const annotations = annotationsOf(notification);
  const ended = endedAt ?? new Date(nowMs).toISOString();
  const alert = {
    status,
    labels,
    annotations,
    startsAt: since,
    endsAt: status === 'resolved' ? ended : NEVER,
    generatorURL: '',
    fingerprint: createHash('sha256').update(incident).digest('hex').slice(0, 16),
  } as const;
  return {
    version: '4',
    groupKey: incident,
    truncatedAlerts: 0,
    status,
    receiver: target,
    groupLabels: own,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: '',
    alerts: [alert],
  };
};

export const alertmanagerFormat: WebhookFormat = {
  also: ['resolved'],
  request: (asked) => signedRequest(asked, alertmanagerMessage(asked.notification, asked)),
};
