// How the embedded Redis is run: in memory only, on the loopback address.
import { connect } from 'node:net';
import { findRedis } from '../programs/find-redis.ts';
import type { ServerKind } from './server.ts';

const ask = ({ port, command }: { port: number; command: string }): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`${command}\r\nQUIT\r\n`));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.once('error', reject).once('close', () => resolve(answer));
  });

export const redisServer = (): ServerKind => ({
  name: 'redis',
  portCount: 1,
  find: findRedis,
  prepare: async () => {},
  launch: ({ folder, ports: [port] }) => ({
    args: [
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      ['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
      // Else it would write over its command line, by which leftovers are found.
      ['--set-proc-title', 'no'],
    ].flat(),
  }),
  probe: async ({ ports: [port = 0], pid }) => {
    const info = await ask({ port, command: 'INFO server' });
    if (!info.includes(`process_id:${pid}\r`)) throw new Error('another server answers');
  },
  endBy: { orderly: 'SIGTERM', crash: 'SIGKILL' },
  passing: /in use/i,
});
