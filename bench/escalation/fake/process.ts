// The fake provider's own process, so that it is neither slowed by the benchmark nor slows it.
import { startWebhookReceiver, type WebhookReceiver } from '../../../src/local/fakes/webhook-receiver.ts';
import type { FromFake, Page, ToFake } from './protocol.ts';

let receiver: WebhookReceiver | undefined;
let read = 0;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const pagesSince = ({ received }: WebhookReceiver): readonly Page[] => {
  const pages = received.slice(read).map(({ at, key, envelope }) => ({
    at: Date.parse(at),
    key,
    incident: textOf(envelope['incident']),
    tier: textOf(envelope['tier']),
  }));
  read = received.length;
  return pages;
};

const answer = async (message: ToFake): Promise<FromFake> => {
  if (message === 'read') {
    if (!receiver) throw new Error('it has not begun');
    const { doubles, rejected } = receiver;
    return { pages: pagesSince(receiver), repeats: doubles.length, rejected };
  }
  receiver = await startWebhookReceiver();
  receiver.slow(message.begin.answerAfterMs);
  return { url: receiver.url, secret: receiver.secret };
};

process.on('message', (message: ToFake) => {
  answer(message).then(
    (said) => process.send?.(said),
    (error: unknown) => {
      process.stderr.write(
        `the fake provider failed: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      process.exit(1);
    },
  );
});
// The benchmark is gone.
process.on('disconnect', () => process.exit());
