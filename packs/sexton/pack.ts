// Sexton looks after itself: what it wrote down of runs and incidents in its own database leaves by its own engine.
import { definePack } from '../../src/index.ts';
import { env } from './env.ts';
import { jobs } from './jobs/index.ts';

export const sexton = definePack({
  name: 'sexton',
  summary: "Sexton's own history, kept short",
  databases: { home: { home: true } },
  env,
  build: (values) => ({ jobs: jobs(values) }),
});
