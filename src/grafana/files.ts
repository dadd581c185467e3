// Everything that Grafana and Prometheus are provisioned with, as files: dashboards, and rules in both programs' words.
import type { Catalog } from '../catalog/catalog.ts';
import { dashboardUid, grafanaDashboard } from './dashboard.ts';
import { groundOf } from './ground.ts';
import { exportRules } from './rules/exported.ts';
import { grafanaRules } from './rules/grafana.ts';
import { prometheusRules } from './rules/prometheus.ts';

export interface RenderedFile {
  /** Below the folder that is provisioned. */
  readonly path: string;
  readonly text: string;
}

/** One file a dashboard. */
export const dashboardFiles = (catalog: Catalog): readonly RenderedFile[] =>
  catalog.dashboards.map((each) => ({
    path: `grafana/dashboards/${dashboardUid(each.pack, each.name)}.json`,
    text: `${JSON.stringify(grafanaDashboard(each, groundOf(catalog, each)), null, 2)}\n`,
  }));

/** Dashboards, Prometheus' rule file, and Grafana's alerts. The same declarations give the same bytes. */
export const renderedFiles = (catalog: Catalog): readonly RenderedFile[] => {
  const exported = exportRules(catalog);
  return [
    ...dashboardFiles(catalog),
    { path: 'prometheus/sexton.rules.yml', text: prometheusRules(exported) },
    { path: 'grafana/alerting/sexton.yml', text: grafanaRules(exported) },
  ];
};
