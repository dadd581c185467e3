// Starts a script of ours in another Node process, whether we run from sources or compiled.
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Arguments for `process.execPath` that run `name` (no extension), a sibling of this file. */
export const ownScript = (name: string): readonly string[] => {
  const extension = extname(fileURLToPath(import.meta.url));
  const script = fileURLToPath(new URL(`./${name}${extension}`, import.meta.url));
  if (extension !== '.ts') return [script];
  // Resolved from here: the process may start in a folder that knows no tsx.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', loader, script];
};
