// What the benchmark's worker and command line run: its one pack.
import { defineConfig } from '../../src/index.ts';
import { bench } from './pack.ts';

export default defineConfig({ packs: [bench], roles: { bench: ['log'] } });
