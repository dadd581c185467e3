#!/usr/bin/env node
// In a checkout with its development packages the command line runs from its TypeScript sources, which cannot be
// stale; everywhere else, an installed package or an image, from dist/.
import { existsSync } from 'node:fs';

const sources = new URL('../src/client/main.ts', import.meta.url);
const built = new URL('../dist/client/main.js', import.meta.url);

const loader = existsSync(sources) ? await import('tsx/esm/api').catch(() => undefined) : undefined;
loader?.register();
if (!loader && !existsSync(built)) {
  process.stderr.write('There is no dist/ here: run `npm run build`, or `npm ci` to run from the sources.\n');
  process.exit(2);
}
const { main } = await import((loader ? sources : built).href);
await main(process.argv.slice(2));
