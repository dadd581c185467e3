// A local HTTP server for a fake provider: an address of its own, whole bodies, and answers that never come.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the client gets: an answer, a connection that is reset, or silence until it gives up. */
export type FakeReply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | 'reset'
  | 'silence';

export interface FakeServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Drops whoever is still waiting. */
  readonly close: () => Promise<void>;
}

export const jsonReply = (value: unknown, status = 200): FakeReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

export const textReply = (status: number, body: string): FakeReply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/** Serves on a free port of this machine only. `delayMs` is asked before each answer leaves. */
export const serveFake = async (
  handle: (request: FakeRequest) => FakeReply,
  delayMs: () => number = () => 0,
): Promise<FakeServer> => {
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const body = await bodyOf(incoming);
      const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://fake');
      const reply = handle({
        method: incoming.method ?? 'GET',
        path,
        query,
        headers: incoming.headers,
        body,
      });
      if (delayMs() > 0) await sleep(delayMs(), undefined, { ref: false });
      if (reply === 'reset') incoming.socket.resetAndDestroy();
      else if (reply !== 'silence') outgoing.writeHead(reply.status, reply.headers).end(reply.body);
    };
    // Whoever hangs up early gets no answer, and needs none.
    answer().catch(() => incoming.socket.destroy());
  });
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
