// `sexton gateway`: serves metrics and dashboards until it is told to stop.
import type { Command } from 'commander';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Env } from '../../config/env.ts';
import { gatewayAddress } from '../../config/gateway-env.ts';
import { EXIT } from '../context.ts';

export interface GatewayContext {
  readonly env: Env;
  readonly load: () => Promise<Catalog>;
}

const serve = async ({ env, load }: GatewayContext): Promise<number> => {
  // Only this command waits for the server to be loaded.
  const { createLogger } = await import('../../worker/runtime.ts');
  const { startGateway } = await import('../../gateway/gateway.ts');
  const logger = createLogger('info');
  const gateway = await startGateway({ catalog: await load(), address: gatewayAddress(env), logger });
  logger.info({ url: gateway.url }, `gateway: metrics and dashboards at ${gateway.url}`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await gateway.close();
  return EXIT.yes;
};

export const registerGateway = (program: Command, context: GatewayContext): void => {
  program
    .command('gateway')
    .description('serve /metrics, /healthz and dashboards until stopped')
    .action(async () => {
      process.exitCode = await serve(context);
    });
};
