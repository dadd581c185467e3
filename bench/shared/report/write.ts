// Puts results into a folder: figures, page and picture under one name.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WriteInput {
  readonly folder: string;
  /** Told apart from other benchmarks by the end of the name; none has no such end. */
  readonly about?: string;
  readonly results: { readonly at: string; readonly commit: string };
  /** An SVG, where there is something to show. */
  readonly plot: string | undefined;
  /** The page, given the picture's file name. */
  readonly page: (plot: string | undefined) => string;
}

/** Returns the path of the page. Another run of the same day and commit gets the minute into its name. */
export const writeResults = ({ folder, about, results, plot, page }: WriteInput): string => {
  mkdirSync(folder, { recursive: true });
  const [day, time = ''] = results.at.split('T');
  const end = about === undefined ? '' : `-${about}`;
  const short = results.commit.replace('+', '-changed');
  const plain = `${day}-${short}${end}`;
  const timed = `${day}-${short}-${time.slice(0, 5).replace(':', '')}${end}`;
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
  if (plot !== undefined) write(`${name}.svg`, plot, 'w');
  write(`${name}.md`, page(plot === undefined ? undefined : `${name}.svg`), 'w');
  return join(folder, `${name}.md`);
};
