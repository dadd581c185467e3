// The words a webhook can be told in. Another one is a file beside these and a line below: it decides on body,
// headers and signature alone, while sending, retries and settings stay the same.
import type { WebhookFormatName } from '../settings.ts';
import { alertmanagerFormat } from './alertmanager.ts';
import { sextonFormat } from './envelope.ts';
import type { WebhookFormat } from './sign.ts';

export const WEBHOOK_FORMATS = {
  sexton: sextonFormat,
  alertmanager: alertmanagerFormat,
} as const satisfies Record<WebhookFormatName, WebhookFormat>;
