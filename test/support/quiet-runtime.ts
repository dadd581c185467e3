// Before every file: the SDK's runtime without its log lines, since expected failures are asserted, not read. A process has one,
// and serves many files.
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

const INSTALLED = Symbol.for('sexton.test.runtime');

if (!(INSTALLED in globalThis)) {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
  });
  Object.assign(globalThis, { [INSTALLED]: true });
}
