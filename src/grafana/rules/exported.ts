// The rules of monitors as alerts of another program: one alert a band, which fires while no higher band does.
import type { Catalog, CatalogMetric, CatalogMonitor } from '../../catalog/catalog.ts';
import { type Condition, comparisonsOf, limitOf } from '../../domain/monitors/condition.ts';
import type { MonitorRule, RuleBand } from '../../domain/monitors/monitor.ts';
import { conditionSaid, tellersOf } from './promql.ts';

export interface ExportedAlert {
  readonly pack: string;
  readonly rule: string;
  /** The band's. */
  readonly name: string;
  readonly expr: string;
  readonly forSeconds: number;
  /** The pack's word, in lower case. */
  readonly severity: string;
  readonly summary: string;
  readonly action: string;
  readonly runbook?: string;
}

/** A rule, or a band of it, that cannot be exported. */
interface LeftOut {
  readonly pack: string;
  readonly rule: string;
  readonly alertType: string;
  readonly why: string;
}

export interface Exported {
  readonly alerts: readonly ExportedAlert[];
  readonly leftOut: readonly LeftOut[];
}

type RulesCatalog = Pick<Catalog, 'monitors' | 'metrics'>;

/** What must hold besides the band's own condition. */
const whole = ({ while: during, minimum }: MonitorRule, when: Condition): Condition => {
  const more = [
    ...(during ? [during] : []),
    ...(minimum ? [{ measure: minimum.measure, atLeast: minimum.atLeast }] : []),
  ];
  return more.length > 0 ? { all: [when, ...more] } : when;
};

/** The number that the band's first comparison holds its value against. */
const limitText = (when: Condition): string => {
  const [first] = comparisonsOf(when);
  const limit = first && limitOf(first);
  return limit ? `${limit.value}` : '–';
};

/** In Prometheus' words: the value, and labels by name. */
const summaryOf = ({ summary, rule }: MonitorRule, { when }: RuleBand): string =>
  summary.replaceAll(/\{(\w+)(?::\d+)?\}/g, (_, name: string) => {
    if (name === 'limit') return limitText(when);
    if (name === 'rule') return rule.name;
    return name === 'value' ? '{{ $value }}' : `{{ $labels.${name} }}`;
  });

const bandsOf = (monitor: CatalogMonitor, rule: MonitorRule, metrics: readonly CatalogMetric[]): Exported => {
  const tellers = tellersOf(metrics, monitor);
  const conditions = rule.bands.map(({ when }) => whole(rule, when));
  const said = rule.bands.map((band, place) => ({
    band,
    said: conditionSaid(whole(rule, band.when), conditions.slice(place + 1), tellers),
  }));
  const { pack, name } = rule.rule;
  const alerts = said.flatMap(({ band, said: own }): readonly ExportedAlert[] => {
    if ('why' in own) return [];
    return [
      {
        pack,
        rule: name,
        name: band.alertType,
        expr: own.expr,
        forSeconds: rule.rule.timing?.forSeconds ?? 0,
        severity: band.severityWord.toLowerCase(),
        summary: summaryOf(rule, band),
        action: band.action,
        ...(band.runbook !== undefined && { runbook: band.runbook }),
      },
    ];
  });
  const leftOut = said.flatMap(({ band, said: own }) =>
    'why' in own ? [{ pack, rule: name, alertType: band.alertType, why: own.why }] : [],
  );
  return { alerts, leftOut };
};

/** Of one pack or of all, in the order of their declaration. */
export const exportRules = ({ monitors, metrics }: RulesCatalog, pack?: string): Exported => {
  const parts = monitors
    .filter((monitor) => pack === undefined || monitor.pack === pack)
    .flatMap((monitor) => monitor.snapshot.rules.map((rule) => bandsOf(monitor, rule, metrics)));
  return {
    alerts: parts.flatMap((part) => part.alerts),
    leftOut: parts.flatMap((part) => part.leftOut),
  };
};
