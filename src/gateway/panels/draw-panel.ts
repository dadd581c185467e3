// A panel as HTML. Where there is nothing to show it says so: an empty picture could be a broken one.

import { colourOf, type Panel } from '../../domain/dashboards/dashboard.ts';
import { escapeHtml } from '../../domain/html.ts';
import { bandOf } from '../../domain/reports/bands.ts';
import { cellText, isNumeric, NOTHING } from '../../domain/reports/cells.ts';
import type { Band, ReportColumn, ReportRow } from '../../domain/reports/report.ts';
import { roundHalfUp } from '../../domain/reports/rounding.ts';
import { colourCode } from './colours.ts';
import { drawChart } from './draw-charts.ts';
import { drawGauge, drawPie, drawTimeline } from './draw-shapes.ts';
import { nameIn, numberIn, type PanelTable } from './panel-table.ts';

const UNITS: Readonly<Record<NonNullable<Panel['unit']>, string>> = {
  count: '',
  percent: ' %',
  ratio: '',
  seconds: ' s',
  milliseconds: ' ms',
  hours: ' h',
  'per-hour': ' an hour',
  'per-day': ' a day',
};

const BANDS: Readonly<Record<Band, 'green' | 'yellow' | 'red'>> = {
  healthy: 'green',
  warning: 'yellow',
  critical: 'red',
};

const EMPTY = '<p class="empty">nothing to show</p>';

const withDecimals = (column: ReportColumn, { decimals }: Panel): ReportColumn =>
  decimals === undefined || !isNumeric(column) || column.type === 'count' ? column : { ...column, decimals };

const single = (panel: Panel, { rows: [row], y: [column], columns }: PanelTable): string => {
  const value = numberIn(row, column);
  const declared = columns.find(({ name }) => name === column);
  const decimals = panel.decimals ?? declared?.decimals ?? 0;
  const text =
    value === null ? NOTHING : `${roundHalfUp(value, decimals)}${panel.unit ? UNITS[panel.unit] : ''}`;
  const colour = colourCode(colourOf(panel, value));
  const needle = panel.visual === 'gauge' ? drawGauge(panel, value) : '';
  return `${needle}<p class="figure" style="color:${colour}">${escapeHtml(text)}</p>`;
};

const cell = (panel: Panel, column: ReportColumn, row: ReportRow): string => {
  const value = row[column.name] ?? null;
  const band = bandOf(column, row);
  const named = typeof value === 'string' ? panel.states[value] : undefined;
  const colour = named ?? (band === undefined || band === 'healthy' ? undefined : BANDS[band]);
  const style = colour === undefined ? '' : ` style="color:${colourCode(colour)};font-weight:600"`;
  const side = isNumeric(column) ? ' class="number"' : '';
  return `<td${side}${style}>${escapeHtml(cellText(withDecimals(column, panel), value))}</td>`;
};

const MOST_ROWS = 100;

const table = (panel: Panel, { columns, rows, y }: PanelTable): string => {
  if (rows.length === 0) return EMPTY;
  const shown = y.flatMap((name) => columns.filter((column) => column.name === name));
  const head = shown.map(({ name }) => `<th>${escapeHtml(name)}</th>`).join('');
  const body = rows
    .slice(0, MOST_ROWS)
    .map((row) => `<tr>${shown.map((column) => cell(panel, column, row)).join('')}</tr>`);
  const left = rows.length > MOST_ROWS ? `<p class="empty">and ${rows.length - MOST_ROWS} more</p>` : '';
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>${left}`;
};

const statusMap = (panel: Panel, { rows, series = [], state = '' }: PanelTable): string => {
  const tiles = rows.map((row) => {
    const word = String(row[state] ?? NOTHING);
    return `<li style="background:${colourCode(panel.states[word] ?? 'grey')}"><b>${escapeHtml(nameIn(row, series))}</b> ${escapeHtml(word)}</li>`;
  });
  return tiles.length === 0 ? EMPTY : `<ul class="map">${tiles.join('')}</ul>`;
};

export interface DrawnAt {
  /** Epoch ms. */
  readonly now: number;
  /** How far back the dashboard goes. */
  readonly rangeSeconds: number;
}

/** Its first source decides, except on lines and bars, which draw all. */
export const drawPanel = (
  panel: Panel,
  tables: readonly PanelTable[],
  { now, rangeSeconds }: DrawnAt,
): string => {
  const [first] = tables;
  if (!first) return EMPTY;
  switch (panel.visual) {
    case 'stat':
    case 'gauge':
      return single(panel, first);
    case 'line':
    case 'bars':
    case 'histogram':
      return drawChart(panel, tables) ?? EMPTY;
    case 'pie':
      return drawPie(panel, first) ?? EMPTY;
    case 'timeline':
      return drawTimeline(panel, first, { now, spanSeconds: panel.spanSeconds ?? rangeSeconds }) ?? EMPTY;
    case 'status-map':
      return statusMap(panel, first);
    case 'table':
    case 'list':
    case 'log':
    default:
      return table(panel, first);
  }
};
