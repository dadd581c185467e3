// The inline source map of a workflow bundle without this machine in it: files by their path below the checkout,
// and the text of our own files only, which is what Temporal shows beside a stack.
import { sep } from 'node:path';

interface SourceMap {
  readonly file: string;
  readonly sources: readonly string[];
  readonly sourcesContent: readonly (string | null)[];
}

const MARK = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** Packages by where any checkout has them, also where they lie above this one. Webpack's own names may hold a path inside. */
const nameOf = (source: string, root: string): string =>
  source
    .split(sep)
    .join('/')
    .replace(/\/.*\/(?=node_modules\/)/, '')
    .replace(root.split(sep).join('/'), '');

/** The same bundle, naming no folder above `root`, which ends with a slash. */
export const withoutPaths = (bundle: string, root: string): string => {
  const at = bundle.lastIndexOf(MARK);
  if (at < 0) throw new Error('the workflow bundle has no inline source map, which the SDK needs');
  const code = bundle.slice(0, at);
  const map: SourceMap = JSON.parse(Buffer.from(bundle.slice(at + MARK.length), 'base64').toString());
  const sources = map.sources.map((source) => nameOf(source, root));
  const isOwn = (source: string | undefined): boolean => /^src\/.*\.ts$/.test(source ?? '');
  const sourcesContent = map.sourcesContent.map((text, index) => (isOwn(sources[index]) ? text : null));
  const clean = JSON.stringify({ ...map, file: 'workflow-bundle.js', sources, sourcesContent });
  if (code.includes(root) || clean.includes(root)) throw new Error(`the workflow bundle still names ${root}`);
  return `${code}${MARK}${Buffer.from(clean).toString('base64')}\n`;
};
