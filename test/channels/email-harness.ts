// E-mail put up for the contract: SMTP's own words for each trouble.
import { createEmailChannel } from '../../src/channels/email/email.ts';
import { startFakeSmtp } from '../../src/local/fakes/smtp.ts';
import type { SmtpFailure } from '../../src/local/fakes/smtp-failures.ts';
import { eventually } from '../support/eventually.ts';
import type { Harness, Trouble } from './support.ts';

const FAILURES = {
  ratelimited: 'busy',
  // A clear no says that nothing was taken, so what is unclear here is a connection that broke.
  'http-500': 'drop',
  'reset-after-post': 'drop-after-take',
  timeout: 'no-answer',
  refused: 'refused-address',
} as const satisfies Record<Trouble, SmtpFailure>;

export const email = async (): Promise<Harness> => {
  const fake = await startFakeSmtp();
  return {
    channel: createEmailChannel({ smtpUrl: fake.url, from: 'Sexton <sexton@example.org>' }),
    address: 'ops@example.org',
    taken: () => fake.messages.map(({ headers, text }) => ({ key: headers['x-sexton-key'], text })),
    fail: (trouble) => fake.fail({ next: 1, with: FAILURES[trouble] }),
    reached: () => eventually('a text arrives', () => fake.texts() > 0, { everyMs: 5 }),
    namesNoWait: true,
    doublesByKey: false,
    secrets: [fake.url, fake.password, new URL(fake.url).host],
    close: fake.close,
  };
};
