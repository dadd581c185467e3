// What the benchmark's workers run: its pack, and the role that its pages go to.
import { defineConfig } from '../../src/index.ts';
import { drill } from './pack.ts';
import { ROLE } from './terms.ts';

export default defineConfig({ packs: [drill], roles: { [ROLE]: ['webhook'] } });
