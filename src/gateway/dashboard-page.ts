// A dashboard as one page without scripts: it loads itself anew as often as its quickest panel wants. A panel that fails
// says why in its place and takes no other with it.
import type { CatalogDashboard } from '../catalog/catalog.ts';
import { type Panel, refreshSecondsOf } from '../domain/dashboards/dashboard.ts';
import { escapeHtml } from '../domain/html.ts';
import { drawPanel } from './panels/draw-panel.ts';
import { loadPanel, type PanelTools } from './panels/load-panel.ts';
import type { PanelTable } from './panels/panel-table.ts';

/** What came of asking one panel. */
export interface LoadedPanel {
  readonly row: string;
  readonly panel: Panel;
  readonly tables: readonly PanelTable[];
  /** Why it has none. */
  readonly error?: string;
}

/** Side by side, each for itself. */
export const loadDashboard = (
  tools: PanelTools,
  declared: CatalogDashboard,
): Promise<readonly LoadedPanel[]> =>
  Promise.all(
    declared.dashboard.rows.flatMap(({ title: row, panels }) =>
      panels.map(async (panel): Promise<LoadedPanel> => {
        try {
          return { row, panel, tables: await loadPanel(tools, declared, panel) };
        } catch (error) {
          return { row, panel, tables: [], error: error instanceof Error ? error.message : String(error) };
        }
      }),
    ),
  );

const STYLE = `
  body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1400px; padding: 16px; color: #1f2328; background: #f6f8fa; }
  h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 15px; margin: 24px 0 8px; } h3 { font-size: 13px; margin: 0 0 8px; }
  .row { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)); }
  section { background: #fff; border: 1px solid #d0d7de; border-radius: 6px; padding: 12px; overflow: auto; max-height: 420px; }
  svg { width: 100%; height: auto; } .figure { font-size: 32px; font-weight: 600; margin: 8px 0; text-align: center; }
  .about, .empty, footer { color: #59636e; font-size: 12px; } .error { color: #cf222e; }
  table { border-collapse: collapse; width: 100%; font-size: 12px; } th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid #eaeef2; }
  td.number { text-align: right; font-variant-numeric: tabular-nums; }
  ul.map { list-style: none; margin: 0; padding: 0; display: grid; gap: 6px; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); }
  ul.map li { color: #fff; border-radius: 4px; padding: 8px; } ul.map b { display: block; }`;

const section = ({ panel, tables, error }: LoadedPanel, now: number, rangeSeconds: number): string => {
  const about = panel.about === undefined ? '' : `<p class="about">${escapeHtml(panel.about)}</p>`;
  const inner =
    error === undefined
      ? drawPanel(panel, tables, { now, rangeSeconds })
      : `<p class="error">could not be asked: ${escapeHtml(error)}</p>`;
  return `<section><h3>${escapeHtml(panel.title)}</h3>${about}${inner}</section>`;
};

/** `again` is the address under which the page loads itself anew, which is no new view. */
export const dashboardPage = (
  { id, dashboard }: CatalogDashboard,
  loaded: readonly LoadedPanel[],
  { now, again }: { readonly now: number; readonly again: string },
): string => {
  const { title, summary, rows, rangeSeconds } = dashboard;
  const body = rows.map((row) => {
    const sections = loaded
      .filter((each) => each.row === row.title)
      .map((each) => section(each, now, rangeSeconds));
    return `<h2>${escapeHtml(row.title)}</h2><div class="row">${sections.join('')}</div>`;
  });
  return page({
    title,
    head: `<meta http-equiv="refresh" content="${refreshSecondsOf(dashboard)}; url=${escapeHtml(again)}">`,
    body: `<h1>${escapeHtml(title)}</h1><p class="about">${escapeHtml(summary)}</p>${body.join('')}<footer>${escapeHtml(id)} · ${new Date(now).toISOString()} · <a href="/">all dashboards</a></footer>`,
  });
};

/** Every page of the gateway. */
export const page = ({
  title,
  head = '',
  body,
}: {
  readonly title: string;
  readonly head?: string;
  readonly body: string;
}): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>${head}<style>${STYLE}</style></head><body>${body}</body></html>`;

/** Which dashboards there are, and how to switch on those that are off. */
export const indexPage = (
  dashboards: readonly (Pick<CatalogDashboard, 'id' | 'pack' | 'name' | 'dashboard'> & {
    readonly isOn: boolean;
  })[],
): string => {
  const items = dashboards.map(({ id, pack, name, dashboard, isOn }) => {
    const title = escapeHtml(dashboard.title);
    const link = isOn
      ? `<a href="/dashboards/${pack}/${name}">${title}</a>`
      : `${title} <code>sexton dashboard on ${id}</code>`;
    return `<li>${link}: ${escapeHtml(dashboard.summary)}</li>`;
  });
  return page({
    title: 'Sexton',
    body: `<h1>Sexton</h1><ul>${items.join('') || '<li>no pack declares a dashboard</li>'}</ul><footer><a href="/metrics">metrics</a> · <a href="/healthz">health</a></footer>`,
  });
};
