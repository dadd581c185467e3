// Puts results into a folder: figures, page and picture under one name.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../results.ts';
import { renderMarkdown } from './markdown.ts';
import { renderPlot } from './plot.ts';

/** Returns the path of the page. Another run of the same day and commit gets the minute into its name. */
export const writeResults = (folder: string, results: Results): string => {
  mkdirSync(folder, { recursive: true });
  const [day, time = ''] = results.at.split('T');
  const short = results.commit.replace('+', '-changed');
  const plain = `${day}-${short}`;
  const timed = `${plain}-${time.slice(0, 5).replace(':', '')}`;
  const write = (name: string, content: string, flag: 'w' | 'wx'): void =>
    writeFileSync(join(folder, name), content, { flag });
  const figures = `${JSON.stringify(results, null, 2)}\n`;
  let name = plain;
  try {
    write(`${plain}.json`, figures, 'wx');
  } catch {
    name = timed;
    write(`${timed}.json`, figures, 'w');
  }
  const plot = results.speed.length > 0 ? `${name}.svg` : undefined;
  if (plot) write(plot, renderPlot(results), 'w');
  write(`${name}.md`, renderMarkdown(results, plot), 'w');
  return join(folder, `${name}.md`);
};
