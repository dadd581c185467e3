// Stands between the SDK's retries and the connection. The SDK tries a call again from a timer, and on a connection that was
// closed meanwhile that throws where nobody can catch it, which ends the process. Behind a gate that is shut the call ends.
import type { ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;

interface Listener {
  onReceiveMessage?(message: null): void;
  onReceiveStatus?(status: {
    readonly code: number;
    readonly details: string;
    readonly metadata: unknown;
  }): void;
}

/** `CANCELLED` of gRPC: the SDK does not try such a call again. */
const CANCELLED = 1;

/** What a call that comes too late is given in place of one. */
const ended = () => ({
  start: (metadata: unknown, listener?: Listener) => {
    listener?.onReceiveMessage?.(null);
    listener?.onReceiveStatus?.({ code: CANCELLED, details: 'the connection was closed', metadata });
  },
  sendMessage: () => {},
  sendMessageWithContext: () => {},
  startRead: () => {},
  halfClose: () => {},
  cancelWithStatus: () => {},
  getPeer: () => 'nobody',
  getAuthContext: () => null,
});

/** The interceptor must be the last, behind the one that retries. */
export const createGate = (): { readonly interceptor: Interceptor; readonly shut: () => void } => {
  let open = true;
  return {
    interceptor: (
      options,
      nextCall, // gRPC asks for its own class and uses its interface alone.
    ) => (open ? nextCall(options) : ended()) as unknown as Call,
    shut: () => {
      open = false;
    },
  };
};
