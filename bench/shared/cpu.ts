// How busy the machine was, all of its cores and everything on it.
import { cpus } from 'node:os';

interface Sample {
  readonly at: number;
  readonly all: number;
  readonly idle: number;
}

const sample = (): Sample => {
  const times = cpus().map((core) => core.times);
  const sum = (each: (core: (typeof times)[number]) => number): number =>
    times.reduce((total, core) => total + each(core), 0);
  return {
    at: Date.now(),
    all: sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq),
    idle: sum(({ idle }) => idle),
  };
};

/** Looks ten times a second from now on; the answer ends that, with the busy share of all cores (0 to 1) within a span. */
export const watchCpu = (): ((span: { readonly from: number; readonly to: number }) => number) => {
  const samples = [sample()];
  const timer = setInterval(() => samples.push(sample()), 100).unref();
  return ({ from, to }) => {
    clearInterval(timer);
    samples.push(sample());
    const first = samples.findLast(({ at }) => at <= from) ?? samples[0];
    const last = samples.find(({ at }) => at >= to) ?? samples.at(-1);
    if (!first || !last || last.all === first.all) return Number.NaN;
    return 1 - (last.idle - first.idle) / (last.all - first.all);
  };
};
