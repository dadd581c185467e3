// A way to the suite's Redis that a test can close, as when its server is gone: what is open breaks, and nobody gets in.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { redisUrl } from '../stack.ts';

/** A database of Redis that no other test works in, so that only the day's own locks stand there. */
const DATABASE = 14;

export interface RedisWay {
  readonly url: string;
  readonly take: () => Promise<void>;
  readonly putBack: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

export const openRedisWay = async (): Promise<RedisWay> => {
  const { hostname, port: target } = new URL(redisUrl());
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    const on = connect(Number(target), hostname);
    for (const each of [socket, on]) {
      sockets.add(each);
      each.on('error', () => {}).on('close', () => sockets.delete(each));
    }
    socket.pipe(on).pipe(socket);
  };
  let server = createServer(serve);
  const port = await listen(server, 0);
  const take = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `redis://127.0.0.1:${port}/${DATABASE}`,
    take,
    putBack: async () => {
      server = createServer(serve);
      await listen(server, port);
    },
    close: take,
  };
};
