#!/usr/bin/env node
// In a checkout the command line runs from its TypeScript source; from a build, without a loader.
import { existsSync } from 'node:fs';

const built = new URL('../dist/src/client/main.js', import.meta.url);
if (!existsSync(built)) (await import('tsx/esm/api')).register();
const { main } = await import(
  existsSync(built) ? built.href : new URL('../src/client/main.ts', import.meta.url).href
);
await main(process.argv.slice(2));
