// A connection to Temporal that is closed while the SDK waits to try a call again.
import { Connection, makeGrpcRetryInterceptor } from '@temporalio/client';
import { expect, it } from 'vitest';
import { createGate } from '../../src/adapters/temporal/gate.ts';

it('ends a call whose next try comes after the connection was closed, and the process lives', async () => {
  const gate = createGate();
  // Port 9 is `discard`: nobody listens, so the first try fails at once and the second waits for its timer.
  const connection = Connection.lazy({
    address: '127.0.0.1:9',
    interceptors: [
      makeGrpcRetryInterceptor({
        delayFunction: () => 1,
        retryableDecider: (attempt) => {
          gate.shut();
          void connection.close();
          return attempt === 1;
        },
      }),
      gate.interceptor,
    ],
  });
  await expect(connection.workflowService.getSystemInfo({})).rejects.toThrow('the connection was closed');
});
