// How the Temporal dev server is run: in memory unless a file is asked for, with time skipping on.
import { join } from 'node:path';
import { findTemporal } from '../programs/find-temporal.ts';
import type { TemporalSettings } from '../protocol.ts';
import type { ServerKind } from './server.ts';

const dynamicConfig = [
  'frontend.WorkflowTimeSkippingEnabled=true',
  // Without it each skip of an execution's time takes a second.
  'history.timerProcessorMaxTimeShift="10ms"',
];

const fetchJson = async (url: string): Promise<unknown> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
};

export const temporalServer = (settings: TemporalSettings): ServerKind => ({
  name: 'temporal',
  portCount: 4,
  find: findTemporal,
  prepare: async () => {},
  launch: ({ folder, ports: [port, ui, http, metrics] }) => ({
    args: [
      ['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'error'],
      ['--port', String(port), '--ui-port', String(ui), '--http-port', String(http)],
      ['--metrics-port', String(metrics), '--ui-disable-news-fetch'],
      settings.namespace === 'default' ? [] : ['--namespace', settings.namespace],
      settings.dbFile ? ['--db-filename', join(folder, 'temporal.db')] : [],
      dynamicConfig.flatMap((setting) => ['--dynamic-config-value', setting]),
      Object.entries(settings.searchAttributes).flatMap(([key, type]) => [
        '--search-attribute',
        `${key}=${type}`,
      ]),
    ].flat(),
    title: `temporal (${folder})`,
  }),
  probe: async ({ ports: [, , http], log }) => {
    // It prints its addresses when all of them are bound.
    if (!(await log()).includes(`:${http}`)) throw new Error('not bound yet');
    const url = `http://127.0.0.1:${http}/api/v1/namespaces/${encodeURIComponent(settings.namespace)}`;
    await fetchJson(url);
    const known = JSON.stringify(await fetchJson(`${url}/search-attributes`));
    const missing = Object.keys(settings.searchAttributes).filter((key) => !known.includes(`"${key}"`));
    if (missing.length > 0) throw new Error(`search attributes ${missing.join(', ')} are not there yet`);
  },
  endBy: { orderly: 'SIGTERM', crash: 'SIGKILL' },
  passing: /in use|can't set .*port/i,
});
