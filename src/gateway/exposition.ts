// Writes what was gathered in Prometheus' text format, by prom-client: a registry of its own each time, so that nothing is
// counted in memory and nothing stays from one scrape to the next.
import { type Metric as PromMetric, Registry } from 'prom-client';
import { type Gathered, mergeGathered } from './gathered.ts';

/** The text, and the content type that says which format it is. */
export interface Exposition {
  readonly text: string;
  readonly contentType: string;
}

/** As prom-client asks any metric for its values. */
const promMetric = ({ name, type, help, values }: Gathered) => ({
  name,
  help,
  type,
  aggregator: 'sum',
  get: async () => ({
    name,
    help,
    type,
    aggregator: 'sum',
    values: values.map(({ labels, value, part }) => ({
      labels,
      value,
      ...(part !== undefined && { metricName: `${name}_${part}` }),
    })),
  }),
});

/** One without a value is left out whole: nobody is told of a metric that has nothing to say. */
export const expose = async (gathered: readonly Gathered[]): Promise<Exposition> => {
  const registry = new Registry();
  for (const each of mergeGathered(gathered)) {
    // why: prom-client's own classes count in memory; a registry takes whatever answers like one of them.
    if (each.values.length > 0) registry.registerMetric(promMetric(each) as unknown as PromMetric);
  }
  return { text: await registry.metrics(), contentType: registry.contentType };
};
