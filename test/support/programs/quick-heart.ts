// A worker process with a heartbeat every second and a canary every few seconds; otherwise as `sexton worker` is.
import { readFile } from 'node:fs/promises';
import { temporalAddress } from '../../../src/adapters/temporal/connect.ts';
import { loadConfigFile } from '../../../src/catalog/load.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import { heartbeatSettings } from '../../../src/config/worker-env.ts';
import { createLogger } from '../../../src/worker/runtime.ts';
import { startWorker } from '../../../src/worker/worker.ts';
import { SLACK_SECONDS, withQuickCanary } from './quick-canary.ts';

const { env } = process;
const config = await loadConfigFile(new URL('../../../sexton.config.ts', import.meta.url).pathname);
const heartbeat = heartbeatSettings(env);
const worker = await startWorker({
  catalog: withQuickCanary(assembleCatalog(config, env)),
  temporal: temporalAddress(env),
  channels: {},
  logger: createLogger('info'),
  ...(env['BUNDLE'] !== undefined && { bundle: { code: await readFile(env['BUNDLE'], 'utf8') } }),
  ...(heartbeat && { heartbeat: { ...heartbeat, slackSeconds: SLACK_SECONDS } }),
});
await worker.done;
