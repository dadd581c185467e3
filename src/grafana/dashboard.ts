// A declared dashboard as the JSON that Grafana imports and provisions.
import {
  DashboardBuilder,
  DashboardCursorSync,
  type Dashboard as GrafanaDashboard,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { CatalogDashboard } from '../catalog/catalog.ts';
import { type Panel, refreshSecondsOf } from '../domain/dashboards/dashboard.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Ground } from './ground.ts';
import { type PanelQuery, panelQueries } from './panel-queries.ts';
import { grafanaPanel } from './panels.ts';
import { sourceVariables } from './sources.ts';

const WIDTH = 24;
const HEIGHT = 8;
/** Narrower than a third of the page a table or line is not to be read. */
const MOST_ABREAST = 3;

interface Placed {
  readonly panel: Panel;
  readonly queries: readonly PanelQuery[];
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

/** Side by side, as many lines as it takes. */
const place = (panels: readonly Panel[], top: number, ground: Ground): readonly Placed[] => {
  const abreast = Math.min(MOST_ABREAST, panels.length === 4 ? 2 : panels.length);
  const w = WIDTH / abreast;
  return panels.map((panel, index) => ({
    panel,
    queries: panelQueries(panel, ground),
    x: (index % abreast) * w,
    y: top + Math.floor(index / abreast) * HEIGHT,
    w,
  }));
};

/** Stable for ever: links and provisioning go by it. At most 40 characters, as Grafana wants it. */
export const dashboardUid = (pack: string, name: string): string => `${pack}-${name}`.slice(0, 40);

/** Plain JSON; the same for the same declarations. */
export const grafanaDashboard = ({ pack, dashboard }: CatalogDashboard, ground: Ground): GrafanaDashboard => {
  const { name, title, summary, rangeSeconds, rows } = dashboard;
  let builder = new DashboardBuilder(title)
    .uid(dashboardUid(pack, name))
    .description(summary)
    .tags(['sexton', pack])
    .timezone('utc')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${formatDuration(rangeSeconds)}`, to: 'now' })
    .refresh(formatDuration(refreshSecondsOf(dashboard)));
  let top = 0;
  let id = 0;
  const asked: PanelQuery['source'][] = [];
  const panels = rows.flatMap((row) => {
    const placed = place(row.panels, top + 1, ground);
    const header = { title: row.title, y: top };
    top += 1 + Math.ceil(row.panels.length / (WIDTH / (placed[0]?.w ?? WIDTH))) * HEIGHT;
    asked.push(...placed.flatMap(({ queries }) => queries.map(({ source }) => source)));
    return [{ header, placed }];
  });
  for (const variable of sourceVariables(ground.pack, asked)) builder = builder.withVariable(variable);
  for (const { header, placed } of panels) {
    id += 1;
    builder = builder.withRow(
      new RowBuilder(header.title).id(id).gridPos({ x: 0, y: header.y, w: WIDTH, h: 1 }).collapsed(false),
    );
    for (const { panel, queries, x, y, w } of placed) {
      id += 1;
      builder = builder.withPanel(grafanaPanel(panel, { id, at: { x, y, w, h: HEIGHT }, queries, ground }));
    }
  }
  return builder.build();
};
