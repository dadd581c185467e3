// What an expression in PromQL asks, by Prometheus' own grammar; and text of /metrics as samples.
import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every metric of an expression with the labels that it must have; throws where the grammar does not take it. */
export const selectorsIn = (expr: string): readonly Selector[] => {
  const found: { metric: string; labels: Record<string, string> }[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      const text = expr.slice(node.from, node.to);
      if (node.type.isError) throw new SyntaxError(`${expr}: not PromQL at ${node.from}`);
      if (node.name === 'VectorSelector')
        found.push({ metric: /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? '', labels: {} });
      const [, label, value] =
        node.name === 'UnquotedLabelMatcher' ? (/^(\w+)="([^"]*)"$/.exec(text) ?? []) : [];
      const last = found.at(-1);
      if (last && label !== undefined && value !== undefined) last.labels[label] = value;
    },
  });
  return found;
};

export interface PromSample extends Selector {
  readonly value: number;
}

/** Samples of the text format. */
export const samplesIn = (text: string): readonly PromSample[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, metric = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', label = '']) => [
        name,
        label,
      ]);
      return { metric, labels: Object.fromEntries(pairs), value: Number(value.replace('+Inf', 'Infinity')) };
    });

/** Those that a selector means. */
export const matching = (
  samples: readonly PromSample[],
  { metric, labels }: Selector,
): readonly PromSample[] =>
  samples.filter(
    (sample) =>
      sample.metric === metric &&
      Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
