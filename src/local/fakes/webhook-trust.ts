// Whether a request to the webhook receiver comes from us, and now. It checks by itself what src/channels/webhook/webhook.ts
// promises, and shares no code with it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FakeRequest } from './http.ts';

const FRESH_SECONDS = 300;

export const headerOf = ({ headers }: FakeRequest, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

/** Why a request is not to be believed; undefined where it is. */
export const distrust = (request: FakeRequest, secret: string): string | undefined => {
  const timestamp = headerOf(request, 'x-sexton-timestamp');
  if (!/^\d+$/.test(timestamp)) return 'no timestamp';
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > FRESH_SECONDS) return 'stale timestamp';
  const digest = createHmac('sha256', secret).update(`v1:${timestamp}:${request.body}`).digest('hex');
  const expected = Buffer.from(`v1=${digest}`);
  const given = Buffer.from(headerOf(request, 'x-sexton-signature'));
  // Lengths first: timingSafeEqual throws on different ones.
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature';
  return headerOf(request, 'idempotency-key') === '' ? 'no key' : undefined;
};
