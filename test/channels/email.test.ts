// E-mail against a mail server with the real ones' habits: it refuses for now or for good, hangs, breaks off, and
// takes what it never confirms.
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmailChannel } from '../../src/channels/email/email.ts';
import { type FakeSmtp, type FakeSmtpOptions, startFakeSmtp } from '../../src/local/fakes/smtp.ts';
import type { SmtpFailure } from '../../src/local/fakes/smtp-failures.ts';
import { eventually } from '../support/eventually.ts';
import { aNotification, errorOf } from './support.ts';

const FROM = 'Sexton <sexton@example.org>';

let smtp: FakeSmtp;
const begin = async (options?: FakeSmtpOptions) => {
  smtp = await startFakeSmtp(options);
};
afterEach(() => smtp.close());

interface Mailing {
  readonly smtpUrl?: string;
  readonly address?: string;
  readonly retry?: boolean;
  readonly thread?: string;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

const mail = ({ smtpUrl = smtp.url, address = 'ops@example.org', key, ...rest }: Mailing = {}) =>
  createEmailChannel({ smtpUrl, from: FROM }).send({
    notification: aNotification(key === undefined ? {} : { key }),
    address,
    signal: new AbortController().signal,
    retry: false,
    ...rest,
  });

describe('an e-mail', () => {
  it('arrives with both texts, its key and a Message-ID that is its receipt', async () => {
    await begin();
    const { id } = await mail();
    expect(smtp.messages).toMatchObject([
      {
        from: 'sexton@example.org',
        to: 'ops@example.org',
        headers: {
          from: FROM,
          to: 'ops@example.org',
          'message-id': id,
          'x-sexton-key': aNotification().key,
          'x-sexton-incident': 'sla-monitoring/budget/41',
          'auto-submitted': 'auto-generated',
          subject: '[CRITICAL] cleanup_magic_links used 104.0% of its time budget (sla-monitoring/budget/41)',
        },
        text: expect.stringContaining('Acknowledge: sexton ack 41'),
        html: expect.stringContaining('<code'),
      },
    ]);
  });

  it('of a later wake answers to the first one', async () => {
    await begin();
    const { id: thread = '' } = await mail();
    await mail({ key: 'w2', thread });
    const [first, second] = smtp.messages.map(({ headers }) => headers);
    expect(second?.['in-reply-to']).toBe(thread);
    expect(second?.['references']?.split(' ')).toEqual([first?.['references'], thread]);
  });

  it('that is sent again after an unclear end has the same Message-ID, and says that it may be there twice', async () => {
    await begin();
    smtp.fail({ next: 1, with: 'drop-after-take' });
    expect(await errorOf(mail())).toMatchObject({ recoverable: true, unclear: true });
    expect(await mail({ retry: true })).toMatchObject({ possiblyDoubled: true });
    const ids = smtp.messages.map(({ headers }) => headers['message-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('stays unclear after an unclear end, even where the retry is refused for certain', async () => {
    await begin();
    smtp.fail({ next: 1, with: 'busy' });
    expect(await errorOf(mail({ retry: true }))).toMatchObject({ recoverable: true, unclear: true });
  });

  it('that is greylisted is taken at the second try, once', async () => {
    await begin();
    smtp.greylist();
    expect(await errorOf(mail())).toMatchObject({ recoverable: true, unclear: false });
    expect(await mail()).not.toHaveProperty('possiblyDoubled');
    expect(smtp.messages).toHaveLength(1);
  });

  it.each([
    'a@b@c',
    'nobody',
    'a b@example.org',
    'a@example.org\r\nBcc: x@example.org',
    'A <a@b.de>',
    'a,b@c.de',
  ])('is not sent to %j, which is no address', async (address) => {
    await begin();
    const error = await errorOf(mail({ address }));
    expect(error).toMatchObject({ recoverable: false, unclear: false });
    expect(error.message).toContain('must name one e-mail address');
    expect(smtp.messages).toEqual([]);
  });
});

describe('a mail server', () => {
  it.each<[SmtpFailure, boolean, boolean, RegExp]>([
    ['busy', true, false, /421 .*; try again later/],
    ['login-later', true, false, /454 .*; try again later/],
    ['address-later', true, false, /451 .*; try again later/],
    ['text-later', true, false, /451 .*; try again later/],
    ['refused-login', false, false, /535 .*; check user and password in SMTP_URL/],
    ['refused-sender', false, false, /553 .*; check EMAIL_FROM/],
    ['refused-address', false, false, /550 5\.1\.1 No such user here; check the target’s address/],
    ['refused-text', false, false, /554 .*; it will not take this/],
    ['drop', true, true, /broke \(\w+\); it may have the message/],
    ['drop-after-take', true, true, /broke \(\w+\); it may have the message/],
  ])('that answers %s: recoverable %s, unclear %s', async (failure, recoverable, unclear, words) => {
    await begin();
    smtp.fail({ next: 1, with: failure });
    const error = await errorOf(mail());
    expect(error).toMatchObject({ recoverable, unclear });
    expect(error.message).toMatch(words);
  });

  it('that never greets costs no longer than the try may take, and has not got the message', async () => {
    await begin();
    smtp.fail({ next: 1, with: 'no-greeting' });
    const error = await errorOf(mail({ signal: AbortSignal.timeout(100) }));
    expect(error).toMatchObject({ recoverable: true, unclear: false });
    expect(error.message).toContain('did not answer in time');
  });

  it.each([
    ['sent', undefined],
    ['refused', 'refused-address'],
    ['called off', 'no-greeting'],
  ] as const)('has no connection of ours left open after a message was %s', async (_, failure) => {
    await begin();
    if (failure) smtp.fail({ next: 1, with: failure });
    await mail({ signal: AbortSignal.timeout(failure === 'no-greeting' ? 100 : 5_000) }).catch(() => {});
    await eventually('every connection is closed', () => smtp.open() === 0, { everyMs: 5 });
  });

  it('that nobody trusts gets no message, and the error says whom to trust', async () => {
    await begin({ encryption: 'untrusted' });
    const error = await errorOf(mail());
    expect(error).toMatchObject({ recoverable: false, unclear: false });
    expect(error.message).toMatch(/cannot be trusted .*NODE_EXTRA_CA_CERTS/);
    expect(smtp.messages).toEqual([]);
  });

  it('without encryption gets nothing where that is asked for, and the error says what to change', async () => {
    await begin();
    const error = await errorOf(mail({ smtpUrl: `${smtp.url}?requireTLS=true` }));
    expect(error).toMatchObject({ recoverable: false, unclear: false });
    expect(error.message).toContain('smtps://, another port, or ?requireTLS=false');
    expect(smtp.messages).toEqual([]);
  });

  it('with another password says to check it, and the password is nowhere in the error', async () => {
    await begin();
    const error = await errorOf(mail({ smtpUrl: smtp.url.replace(smtp.password, 'geheim%40x') }));
    expect(error.recoverable).toBe(false);
    expect(error.message).not.toMatch(/geheim/);
  });
});

describe('a password', () => {
  /** A server at another address than this machine’s own name, which offers no encryption and keeps what it hears. */
  const listen = async (): Promise<{
    readonly server: Server;
    readonly heard: () => string;
    readonly port: number;
  }> => {
    let heard = '';
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('220 plain\r\n');
      socket.on('data', (chunk) => {
        heard += chunk.toString();
        socket.write(
          heard.startsWith('EHLO') && !heard.includes('STARTTLS')
            ? '250-plain\r\n250 AUTH PLAIN\r\n'
            : '502 no\r\n',
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    const address = server.address();
    return { server, heard: () => heard, port: typeof address === 'object' && address ? address.port : 0 };
  };

  it('leaves this machine encrypted only, unless the address says otherwise', async () => {
    await begin();
    const { server, heard, port } = await listen();
    const error = await errorOf(mail({ smtpUrl: `smtp://ann:geheim@127.0.0.2:${port}` }));
    server.close();
    expect(error.recoverable).toBe(false);
    expect(heard()).toContain('STARTTLS');
    expect(heard()).not.toContain('AUTH');
  });
});
