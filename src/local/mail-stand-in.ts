// A mail server of our own where nobody stated a real one: what it takes is shown on the terminal and goes nowhere.
import type { Env } from '../config/env.ts';
import { startFakeSmtp } from './fakes/smtp.ts';
import { NONE, type StandIn } from './stand-in.ts';

export const mailFor = async (stated: Env, say: (line: string) => void): Promise<StandIn> => {
  if (stated['SMTP_URL'] !== undefined || stated['EMAIL_FROM'] !== undefined) return NONE;
  const smtp = await startFakeSmtp();
  smtp.onMessage(({ to, headers }) => say(`  E-mail to ${to} · ${headers['subject'] ?? ''}`));
  return {
    env: { SMTP_URL: smtp.url, EMAIL_FROM: 'Sexton <sexton@example.org>' },
    close: smtp.close,
  };
};
