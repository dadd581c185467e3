// What this installation runs. Packs that are not named here are neither loaded nor validated.
import { slaMonitoring } from './packs/sla-monitoring/pack.ts';
import { defineConfig } from './src/index.ts';

export default defineConfig({ packs: [slaMonitoring] });
