// The SDK's process-wide runtime: its log lines go through pino, its metrics to Prometheus where an address is
// stated. Installed once, before the first connection.
import { DefaultLogger, type LogEntry, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { destination, type Logger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Log lines go to stderr: stdout belongs to what commands print. */
export const createLogger = (level: LogLevel): Logger => pino({ level, base: {} }, destination(2));

/** Names as Prometheus wants them: `_total` for counters, seconds for durations, units in the names. */
const prometheusAt = (bindAddress: string) => ({
  prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
});

export interface RuntimeOptions {
  readonly logger: Logger;
  /** `host:port` at which `/metrics` is served; nowhere unless stated. */
  readonly metricsAddress?: string | undefined;
}

let installed = false;

export const installRuntime = ({ logger, metricsAddress }: RuntimeOptions): void => {
  if (installed) return;
  try {
    Runtime.install({
      logger: new DefaultLogger('DEBUG', (entry) => forward(logger, entry)),
      telemetryOptions: {
        logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
        ...(metricsAddress !== undefined && { metrics: prometheusAt(metricsAddress) }),
      },
      // The process that owns the worker decides when it ends.
      shutdownSignals: [],
    });
  } catch (cause) {
    if (metricsAddress === undefined) throw cause;
    throw new Error(
      `metrics cannot be served at ${metricsAddress}: set SEXTON_METRICS_ADDRESS to a free one`,
      {
        cause,
      },
    );
  }
  installed = true;
};

const LEVELS = { TRACE: 'debug', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Said of every queue that serves activities only, which is what such a queue is for. */
const EXPECTED = 'No workflows registered, not polling for workflow tasks';

const forward = (logger: Logger, { level, message, meta }: LogEntry): void => {
  if (message === EXPECTED) return;
  logger[LEVELS[level]](meta ?? {}, message);
};
