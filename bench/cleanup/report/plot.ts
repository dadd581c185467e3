// Seconds by layout and method as bars, times one plain DELETE: one SVG without scripts or fonts of its own.
import { byLayout } from '../bars.ts';
import { METHODS } from '../method.ts';
import { plainDelete } from '../peers/plain-delete.ts';
import type { Results } from '../results.ts';

const COLOURS = ['#0b6e4f', '#9aa5b1', '#c1440e', '#e08e45', '#5b7db1', '#8e6c8a'];
const [WIDTH, LABEL, BAR, GAP, TOP] = [880, 190, 13, 16, 54];
/** Longer bars end here, with their figure beside them. */
const MOST = 8;

const text = (x: number, y: number, content: string, { size = 12, anchor = 'start' } = {}): string =>
  `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" text-anchor="${anchor}" fill="#24292f">${content}</text>`;

export const renderPlot = ({ speed }: Results): string => {
  const layouts = byLayout(speed);
  const block = METHODS.length * BAR + GAP;
  const height = TOP + layouts.length * block;
  const unit = (WIDTH - LABEL - 70) / MOST;
  const bars = layouts.flatMap(({ layout, seconds }, place) => {
    const top = TOP + place * block;
    const floor = seconds[plainDelete.name] ?? Number.NaN;
    return [
      text(LABEL - 10, top + (METHODS.length * BAR) / 2 + 4, layout, { anchor: 'end' }),
      ...METHODS.flatMap((method, index) => {
        const times = (seconds[method] ?? Number.NaN) / floor;
        if (!Number.isFinite(times)) return [];
        const [y, width] = [top + index * BAR, Math.min(times, MOST) * unit];
        const size = `width="${width.toFixed(1)}" height="${BAR - 2}"`;
        return [
          `<rect x="${LABEL}" y="${y}" ${size} fill="${COLOURS[index]}"/>`,
          text(LABEL + width + 6, y + BAR - 3, `${times.toFixed(2)}×`, { size: 10 }),
        ];
      }),
    ];
  });
  const legend = METHODS.map((method, index) => {
    const x = LABEL + index * 112;
    return `<rect x="${x}" y="30" width="10" height="10" fill="${COLOURS[index]}"/>${text(x + 14, 39, method)}`;
  });
  const line = LABEL + unit;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(LABEL, 18, 'Time to delete the same rows, one plain DELETE being 1 (shorter is better)'),
    ...legend,
    ...bars,
    `<line x1="${line}" y1="${TOP - 6}" x2="${line}" y2="${height - GAP}" stroke="#24292f" stroke-dasharray="3 3"/>`,
    '</svg>',
    '',
  ].join('\n');
};
