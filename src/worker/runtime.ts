// The SDK's process-wide runtime: its log lines go through pino. Installed once, before the first connection.
import { DefaultLogger, type LogEntry, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { destination, type Logger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Log lines go to stderr: stdout belongs to what commands print. */
export const createLogger = (level: LogLevel): Logger => pino({ level, base: {} }, destination(2));

let installed = false;

export const installRuntime = (logger: Logger): void => {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('DEBUG', (entry) => forward(logger, entry)),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
    // The process that owns the worker decides when it ends.
    shutdownSignals: [],
  });
};

const LEVELS = { TRACE: 'debug', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Said of every queue that serves activities only, which is what such a queue is for. */
const EXPECTED = 'No workflows registered, not polling for workflow tasks';

const forward = (logger: Logger, { level, message, meta }: LogEntry): void => {
  if (message === EXPECTED) return;
  logger[LEVELS[level]](meta ?? {}, message);
};
