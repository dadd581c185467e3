// Shapes that reports have no chart for: a gauge's needle, a pie, lanes of states over time.

import { colourOf, type Panel } from '../../domain/dashboards/dashboard.ts';
import { escapeHtml } from '../../domain/html.ts';
import { colourCode } from './colours.ts';
import { nameIn, numberIn, type PanelTable } from './panel-table.ts';

const svg = (width: number, height: number, inner: string, title: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="11"><title>${escapeHtml(title)}</title>${inner}</svg>`;

const at = (value: number): string => String(Math.round(value * 10) / 10);

/** What is past an end pins the needle there (DRAFT-81). */
export const needleShare = ([from, to]: readonly [number, number], value: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));

/** The number itself stands below. */
export const drawGauge = (panel: Panel, value: number | null): string => {
  const { range = [0, 1] } = panel;
  const share = value === null ? 0 : needleShare(range, value);
  const angle = Math.PI * (1 - share);
  const [x, y] = [100 + 70 * Math.cos(angle), 100 - 70 * Math.sin(angle)];
  const colour = colourCode(colourOf(panel, value));
  const arc = `<path d="M 20 100 A 80 80 0 0 1 180 100" fill="none" stroke="#d0d7de" stroke-width="14"/>`;
  const needle =
    value === null
      ? ''
      : `<line x1="100" y1="100" x2="${at(x)}" y2="${at(y)}" stroke="${colour}" stroke-width="4" data-share="${share}"/>`;
  const ends = `<text x="20" y="118" text-anchor="middle">${range[0]}</text><text x="180" y="118" text-anchor="middle">${range[1]}</text>`;
  return svg(200, 122, arc + needle + ends, panel.title);
};

const PIE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

export const drawPie = (panel: Panel, { rows, x = '', y: [column] }: PanelTable): string | undefined => {
  const slices = rows.map((row) => ({ name: String(row[x] ?? '–'), value: numberIn(row, column) ?? 0 }));
  const total = slices.reduce((sum, { value }) => sum + value, 0);
  if (total === 0) return undefined;
  let from = -Math.PI / 2;
  const parts = slices.map(({ name, value }, place) => {
    const to = from + (2 * Math.PI * value) / total;
    const [x1, y1, x2, y2] = [Math.cos(from), Math.sin(from), Math.cos(to), Math.sin(to)].map((each) =>
      at(80 + 70 * each),
    );
    const colour = PIE[place % PIE.length] ?? '#000';
    const large = to - from > Math.PI ? 1 : 0;
    from = to;
    const slice =
      value === total
        ? `<circle cx="80" cy="80" r="70" fill="${colour}"/>`
        : value > 0
          ? `<path d="M 80 80 L ${x1} ${y1 === undefined ? '' : y1} A 70 70 0 ${large} 1 ${x2} ${y2} Z" fill="${colour}"/>`
          : '';
    const key = `<rect x="170" y="${20 + 18 * place}" width="10" height="10" fill="${colour}"/><text x="186" y="${29 + 18 * place}">${escapeHtml(name)}: ${value}</text>`;
    return slice + key;
  });
  return svg(320, 160, parts.join(''), panel.title);
};

const MOST_LANES = 20;

/** A lane a series; what has no end goes on to the right edge. `now` is epoch ms. */
export const drawTimeline = (
  panel: Panel,
  { rows, x = '', series = [], until, state = '' }: PanelTable,
  { now, spanSeconds }: { readonly now: number; readonly spanSeconds: number },
): string | undefined => {
  const start = now - spanSeconds * 1000;
  const shown = rows.filter((row) => {
    const end = until === undefined ? null : row[until];
    return (end === null || end === undefined || Date.parse(String(end)) >= start) && row[x] !== null;
  });
  const lanes = [...new Set(shown.map((row) => nameIn(row, series)))].slice(0, MOST_LANES);
  if (lanes.length === 0) return undefined;
  const left = 190;
  const xOf = (ms: number): number =>
    left + (430 * (Math.max(start, Math.min(now, ms)) - start)) / (now - start);
  const bars = shown.flatMap((row) => {
    const lane = lanes.indexOf(nameIn(row, series));
    if (lane < 0) return [];
    const end = until === undefined || row[until] === null ? now : Date.parse(String(row[until]));
    const from = xOf(Date.parse(String(row[x])));
    const word = String(row[state] ?? '');
    const colour = colourCode(panel.states[word] ?? 'grey');
    return [
      `<rect x="${at(from)}" y="${24 * lane + 4}" width="${at(Math.max(2, xOf(end) - from))}" height="16" fill="${colour}"><title>${escapeHtml(word)}</title></rect>`,
    ];
  });
  const names = lanes.map(
    (name, place) => `<text x="0" y="${24 * place + 16}">${escapeHtml(name.slice(0, 34))}</text>`,
  );
  return svg(640, 24 * lanes.length + 4, [...names, ...bars].join(''), panel.title);
};
