// The gateway's composition root: the small HTTP face of Sexton. It reads and never acts; only views are counted.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Client } from '@temporalio/client';
import { declaredIn } from '../activities/measures/declared.ts';
import { createRunReport } from '../activities/reports/run-report.ts';
import { openDatabases } from '../adapters/postgres/databases.ts';
import { openLookingPools } from '../adapters/postgres/looking-pools.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import type { PanelTools } from './panels/load-panel.ts';
import { type Answer, createRoutes, type Route } from './routes.ts';

export interface GatewayOptions {
  readonly catalog: Catalog;
  /** `127.0.0.1:9465`; port 0 for any that is free. */
  readonly address: string;
  readonly logger: ChannelLogger;
}

export interface RunningGateway {
  /** `http://127.0.0.1:9465`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Reports that ask Temporal are told that nobody asks it here: those figures stay empty, and say so. */
const NO_TEMPORAL = {
  get schedule(): never {
    throw new Error('the gateway asks no Temporal');
  },
} as unknown as Client;

/** No script, no frame, nothing from elsewhere. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const send = (response: ServerResponse, { status, type, body }: Answer): void => {
  response.writeHead(status, { ...HEADERS, 'content-type': type });
  response.end(body);
};

const serverFor = (route: Route): Server =>
  createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, { status: 405, type: 'text/plain', body: 'only GET\n' });
    const path = request.url ?? '/';
    const url = new URL(URL.canParse(path, 'http://gateway') ? path : '/404', 'http://gateway');
    route(url)
      .then((answer) => send(response, answer))
      .catch((error: unknown) => {
        const body = `${error instanceof Error ? error.message : String(error)}\n`;
        send(response, { status: 500, type: 'text/plain; charset=utf-8', body });
      });
  });

const listen = (server: Server, address: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(`http://${address}`);
    const host = hostname.replace(/^\[|\]$/g, '');
    server.once('error', reject);
    server.listen(Number(port), host, () => {
      server.off('error', reject);
      const bound = server.address();
      const own = typeof bound === 'object' && bound !== null ? bound.port : port;
      resolve(`http://${isIP(host) === 6 ? `[${host}]` : host}:${own}`);
    });
  });

/** Serves until `close`. */
export const startGateway = async ({ catalog, address, logger }: GatewayOptions): Promise<RunningGateway> => {
  const databases = openDatabases(catalog.home, []);
  const looking = openLookingPools(catalog.databases);
  const tools: PanelTools = {
    catalog,
    databases: { home: databases.home, of: looking.of },
    runReport: createRunReport({
      databases,
      looking,
      temporal: NO_TEMPORAL,
      redisUrl: catalog.redisUrl,
      declared: declaredIn(catalog),
      variables: (pack, name) =>
        catalog.variables.find((each) => each.pack === pack && each.name === name)?.value,
    }),
  };
  const server = serverFor(createRoutes(tools, logger));
  const url = await listen(server, address);
  return {
    url,
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await Promise.allSettled([databases.close(), looking.close()]);
    },
  };
};
