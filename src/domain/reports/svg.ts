// A chart as one SVG that needs no script, no font and no address. Why ours: docs/adr/0024-charts-are-our-own-svg.md.
import type { ChartModel, Series } from './chart.ts';

const WIDTH = 640;
const HEIGHT = 240;
const PLOT = { left: 56, right: 12, top: 34, bottom: 34 };
const PLOT_WIDTH = WIDTH - PLOT.left - PLOT.right;
const PLOT_HEIGHT = HEIGHT - PLOT.top - PLOT.bottom;

/** Told apart without seeing red and green (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replaceAll(/[&<>"]/g, (each) => ENTITIES[each] ?? '');

const point = (value: number): string => String(Math.round(value * 10) / 10);

const colourOf = (place: number): string => COLOURS[place % COLOURS.length] ?? '#000';

/** Middle of a place along the bottom. */
const xOf = ({ labels }: ChartModel, place: number): number =>
  PLOT.left + (PLOT_WIDTH * (place + 0.5)) / labels.length;

const yOf = ({ from, to }: ChartModel, value: number): number =>
  PLOT.top + PLOT_HEIGHT * (1 - (value - from) / (to - from));

/** A line breaks where there is no value; a value alone between two gaps is a dot. */
const line = (model: ChartModel, { values }: Series, colour: string): string => {
  const runs: string[][] = [[]];
  for (const [place, value] of values.entries()) {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push(`${point(xOf(model, place))},${point(yOf(model, value))}`);
  }
  return runs
    .filter((run) => run.length > 0)
    .map((run) => {
      const [x, y] = run[0]?.split(',') ?? [];
      return run.length === 1
        ? `<circle cx="${x}" cy="${y}" r="2.5" fill="${colour}"/>`
        : `<polyline points="${run.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    })
    .join('');
};

const bars = (model: ChartModel, { values }: Series, place: number): string => {
  const room = (PLOT_WIDTH / model.labels.length) * 0.8;
  const width = room / model.series.length;
  return values
    .flatMap((value, at) => {
      if (value === null) return [];
      const [zero, end] = [yOf(model, 0), yOf(model, value)];
      const x = xOf(model, at) - room / 2 + width * place;
      const size = `width="${point(width)}" height="${point(Math.abs(zero - end))}"`;
      return [`<rect x="${point(x)}" y="${point(Math.min(zero, end))}" ${size} fill="${colourOf(place)}"/>`];
    })
    .join('');
};

const across = (model: ChartModel): string =>
  model.ticks
    .map((tick) => {
      const y = point(yOf(model, tick));
      const stroke = tick === 0 ? '#8c959f' : '#d0d7de';
      const rule = `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${y}" y2="${y}" stroke="${stroke}"/>`;
      return `${rule}<text x="${PLOT.left - 6}" y="${y}" dy="4" text-anchor="end">${tick}</text>`;
    })
    .join('');

const MOST_LABELS = 7;

const along = (model: ChartModel): string => {
  const every = Math.ceil(model.labels.length / MOST_LABELS);
  return model.labels
    .flatMap((label, place) =>
      place % every === 0
        ? [
            `<text x="${point(xOf(model, place))}" y="${HEIGHT - 12}" text-anchor="middle">${safe(label)}</text>`,
          ]
        : [],
    )
    .join('');
};

const legend = ({ series }: ChartModel): string =>
  series
    .map(({ name }, place) => {
      const x = PLOT.left + (PLOT_WIDTH * place) / series.length;
      const swatch = `<rect x="${point(x)}" y="12" width="10" height="10" fill="${colourOf(place)}"/>`;
      return `${swatch}<text x="${point(x + 15)}" y="21">${safe(name)}</text>`;
    })
    .join('');

/** The chart as an `svg` element. */
export const chartSvg = (model: ChartModel): string => {
  const shapes = model.series.map((series, place) =>
    model.kind === 'line' ? line(model, series, colourOf(place)) : bars(model, series, place),
  );
  const attributes = `viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${attributes} font-family="sans-serif" font-size="11" fill="#1f2328">`,
    `<title>${safe(model.title)}</title><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `${across(model)}${along(model)}${legend(model)}${shapes.join('')}</svg>`,
  ].join('\n');
};
