// What the gateway answers to which address: metrics, health, dashboards. Nothing here changes anything but the count of
// views.
import { isDashboardOn, readDashboardUse, recordView } from '../adapters/postgres/dashboards/switches.ts';
import type { CatalogDashboard } from '../catalog/catalog.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import { escapeHtml } from '../domain/html.ts';
import { dashboardPage, indexPage, loadDashboard, page } from './dashboard-page.ts';
import { type Exposition, expose } from './exposition.ts';
import { gatherMetrics } from './gather.ts';
import type { PanelTools } from './panels/load-panel.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const html = (status: number, body: string): Answer => ({ status, type: 'text/html; charset=utf-8', body });
const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
});
const nothing = (words: string): Answer =>
  html(
    404,
    page({
      title: 'Not here',
      body: `<p>${escapeHtml(words)}</p><footer><a href="/">all dashboards</a></footer>`,
    }),
  );

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export type Route = (url: URL) => Promise<Answer>;

const LOOK_MS = 2_000;

/** Whether Sexton's own database answers. */
const health = async ({ databases }: PanelTools): Promise<Answer> => {
  try {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`no answer within ${LOOK_MS} ms`)), LOOK_MS).unref();
    });
    await Promise.race([databases.home.query('SELECT 1'), late]);
    return json(200, { status: 'ok' });
  } catch (error) {
    return json(503, { status: 'home database does not answer', error: message(error) });
  }
};

/** Scrapes that come while one goes on get its answer: Prometheus twice does not ask Postgres twice. */
const scraper = (tools: PanelTools, logger: ChannelLogger) => {
  let running: Promise<Exposition> | undefined;
  const scrape = async (): Promise<Exposition> => {
    const { gathered, failed } = await gatherMetrics(tools);
    for (const { pack, metric, message: why } of failed)
      logger.warn({ pack, metric }, `metric ${metric} of pack ${pack} is left out: ${why}`);
    return expose(gathered);
  };
  return async (): Promise<Answer> => {
    running ??= scrape().finally(() => {
      running = undefined;
    });
    try {
      const { text, contentType } = await running;
      return { status: 200, type: contentType, body: text };
    } catch (error) {
      return {
        status: 503,
        type: 'text/plain; charset=utf-8',
        body: `the home database does not answer: ${message(error)}\n`,
      };
    }
  };
};

const dashboards = async ({ catalog, databases }: PanelTools): Promise<Answer> => {
  const use = await readDashboardUse(databases.home);
  const isOn = ({ pack, name }: CatalogDashboard): boolean =>
    use.some((each) => each.pack === pack && each.name === name && each.isOn);
  return html(200, indexPage(catalog.dashboards.map((each) => ({ ...each, isOn: isOn(each) }))));
};

const dashboard = async (tools: PanelTools, url: URL): Promise<Answer> => {
  const [, pack, name, asJson] =
    /^\/dashboards\/([a-z0-9_-]+)\/([a-z0-9_-]+)(\.json)?$/.exec(url.pathname) ?? [];
  const found = tools.catalog.dashboards.find((each) => each.pack === pack && each.name === name);
  if (!found) return nothing('there is no such dashboard');
  if (!(await isDashboardOn(tools.databases.home, found)))
    return nothing(`this dashboard is switched off: sexton dashboard on ${found.id}`);
  const isAgain = url.searchParams.has('again');
  if (!isAgain && asJson === undefined) await recordView(tools.databases.home, found);
  const loaded = await loadDashboard(tools, found);
  if (asJson === undefined)
    return html(200, dashboardPage(found, loaded, { now: Date.now(), again: `${url.pathname}?again` }));
  const panels = loaded.map(({ row, panel, tables, error }) => ({
    row,
    title: panel.title,
    visual: panel.visual,
    tables: tables.map(({ columns, rows }) => ({ columns: columns.map((column) => column.name), rows })),
    ...(error !== undefined && { error }),
  }));
  return json(200, { dashboard: found.id, panels });
};

/** By its path; 404 for all else. */
export const createRoutes = (tools: PanelTools, logger: ChannelLogger): Route => {
  const metrics = scraper(tools, logger);
  return async (url) => {
    if (url.pathname === '/metrics') return metrics();
    if (url.pathname === '/healthz') return health(tools);
    try {
      if (url.pathname === '/') return await dashboards(tools);
      if (url.pathname.startsWith('/dashboards/')) return await dashboard(tools, url);
    } catch (error) {
      return html(
        503,
        page({ title: 'Not now', body: `<p class="error">${escapeHtml(message(error))}</p>` }),
      );
    }
    return nothing('there is nothing at this address');
  };
};
