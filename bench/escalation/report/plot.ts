// Lateness of second pages over time, with the kill marked: one SVG without scripts or fonts of its own.
import type { Second, SecondTiers } from '../parts/second-tiers.ts';
import { REPAIRED_WITHIN_SECONDS } from '../terms.ts';

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT] = [880, 360, 60, 54, 44, 20];
const [MEDIAN, MOST, KILL] = ['#0b6e4f', '#e08e45', '#c1440e'];
/** Lateness below this is drawn as this: the axis is logarithmic. */
const LEAST_SECONDS = 0.001;
const MOST_SECONDS = 100;

const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="sans-serif" font-size="12" text-anchor="${anchor}" fill="#24292f">${content}</text>`;

const line = (from: readonly [number, number], to: readonly [number, number], colour: string): string =>
  `<line x1="${from[0].toFixed(1)}" y1="${from[1].toFixed(1)}" x2="${to[0].toFixed(1)}" y2="${to[1].toFixed(1)}" stroke="${colour}" stroke-dasharray="4 3"/>`;

const yOf = (seconds: number): number => {
  const decades = Math.log10(MOST_SECONDS / LEAST_SECONDS);
  const at = Math.log10(Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, seconds)) / LEAST_SECONDS);
  return HEIGHT - BOTTOM - (at / decades) * (HEIGHT - BOTTOM - TOP);
};

const AXIS = [0.001, 0.01, 0.1, 1, 10, 100];

const dots = (
  timeline: readonly Second[],
  xOf: (second: number) => number,
  { of, colour }: { readonly of: (second: Second) => number; readonly colour: string },
): readonly string[] =>
  timeline.map(
    (each) =>
      `<circle cx="${xOf(each.second + 0.5).toFixed(1)}" cy="${yOf(of(each)).toFixed(1)}" r="1.8" fill="${colour}"/>`,
  );

export const renderPlot = ({ timeline, killedAfter, killed, workers, count }: SecondTiers): string => {
  const last = Math.max(...timeline.map(({ second }) => second)) + 1;
  const xOf = (second: number): number => LEFT + (second / last) * (WIDTH - LEFT - RIGHT);
  const [kill, bar, end] = [xOf(killedAfter), yOf(REPAIRED_WITHIN_SECONDS), WIDTH - RIGHT];
  const title = `${count.toLocaleString('en-US')} second pages by the second in which they were due: how late they came`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 18, title),
    `<circle cx="${LEFT + 5}" cy="35" r="4" fill="${MEDIAN}"/>${text(LEFT + 14, 39, 'median of a second')}`,
    `<circle cx="${LEFT + 165}" cy="35" r="4" fill="${MOST}"/>${text(LEFT + 174, 39, 'latest of a second')}`,
    ...AXIS.flatMap((seconds) => [
      text(LEFT - 8, yOf(seconds) + 4, `${seconds} s`, 'end'),
      `<line x1="${LEFT}" y1="${yOf(seconds).toFixed(1)}" x2="${end}" y2="${yOf(seconds).toFixed(1)}" stroke="#e6e8eb"/>`,
    ]),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) =>
      text(xOf(last * share), HEIGHT - BOTTOM + 18, `${Math.round(last * share)} s`, 'middle'),
    ),
    line([LEFT, bar], [end, bar], '#24292f'),
    text(end, bar - 5, `limit ${REPAIRED_WITHIN_SECONDS} s`, 'end'),
    line([kill, TOP], [kill, HEIGHT - BOTTOM], KILL),
    text(kill + 6, TOP + 12, `${killed} of ${workers} workers killed`),
    ...dots(timeline, xOf, { of: ({ max }) => max, colour: MOST }),
    ...dots(timeline, xOf, { of: ({ median }) => median, colour: MEDIAN }),
    '</svg>',
    '',
  ].join('\n');
};
