// Sexton looks after itself: what it wrote down of runs and incidents in its own database leaves by its own engine, a canary
// proves that alerts come through, and whether people are told in time is judged like anything else.
import { definePack } from '../../src/index.ts';
import { env } from './env.ts';
import { jobs } from './jobs/index.ts';
import { monitors } from './monitors/index.ts';
import { policies } from './policies/index.ts';

export const sexton = definePack({
  name: 'sexton',
  summary: "Sexton's own history, kept short; its own alerts, watched",
  databases: { home: { home: true } },
  env,
  build: (values) => ({ jobs: jobs(values), monitors, policies }),
});
