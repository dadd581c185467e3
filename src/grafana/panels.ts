// One panel as Grafana's own: which of its visuals draws it, and how that one is set up.
import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueTextMode,
  type DataSourceRef,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  TableCellDisplayMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DataTransformerConfig,
  type DynamicConfigValue,
  type FieldColor,
  FieldColorBuilder,
  FieldColorModeId,
  type Panel as GrafanaPanel,
  type GridPos,
  type ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import { PanelBuilder as Logs } from '@grafana/grafana-foundation-sdk/logs';
import { PanelBuilder as PieChart, PieChartType } from '@grafana/grafana-foundation-sdk/piechart';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Colour, Panel } from '../domain/dashboards/dashboard.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Ground } from './ground.ts';
import { colourName, guideSteps, stateMappings, thresholdSteps, unitOf } from './looks.ts';
import type { PanelQuery } from './panel-queries.ts';
import { refOf } from './sources.ts';
import { refIdOf, targetOf } from './targets.ts';

/** What every visual's builder can. */
interface AnyPanel extends Builder<GrafanaPanel> {
  id(id: number): this;
  title(title: string): this;
  description(text: string): this;
  datasource(ref: DataSourceRef): this;
  gridPos(place: GridPos): this;
  withTarget(target: Builder<Dataquery>): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  max(max: number): this;
  mappings(mappings: ValueMapping[]): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  colorScheme(color: Builder<FieldColor>): this;
  timeFrom(timeFrom: string): this;
  queryCachingTTL(ms: number): this;
  displayName(name: string): this;
  withTransformation(transformation: DataTransformerConfig): this;
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
  overrideByQuery(refId: string, properties: DynamicConfigValue[]): this;
}

const values = () => new ReduceDataOptionsBuilder().values(true).calcs([]);

const legend = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs([]);

const byThreshold = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

const lineOf = (panel: Panel): TimeSeries => {
  const builder = new TimeSeries()
    .lineWidth(2)
    .fillOpacity(0)
    .spanNulls(true)
    .drawStyle(GraphDrawStyle.Line)
    .legend(legend());
  const hasLevels = panel.guides.some((guide) => 'at' in guide);
  return hasLevels
    ? builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line))
    : builder;
};

const barsOf = (panel: Panel, queries: readonly PanelQuery[]): AnyPanel => {
  const [first] = queries;
  if (first && !('sql' in first)) return new BarGauge().displayMode(BarGaugeDisplayMode.Basic);
  const [source] = panel.sources;
  const builder = new BarChart()
    .fillOpacity(80)
    .legend(legend())
    .xTickLabelRotation(panel.visual === 'histogram' ? -45 : 0);
  return 'x' in source && source.x !== undefined ? builder.xField(source.x) : builder;
};

const builderOf = (panel: Panel, queries: readonly PanelQuery[]): AnyPanel => {
  switch (panel.visual) {
    case 'line':
      return lineOf(panel);
    case 'bars':
    case 'histogram':
      return barsOf(panel, queries);
    case 'pie':
      return new PieChart().pieType(PieChartType.Pie).reduceOptions(values());
    case 'gauge':
      return new Gauge().reduceOptions(values()).showThresholdMarkers(true).colorScheme(byThreshold());
    case 'stat':
      return new Stat().reduceOptions(values()).colorMode(BigValueColorMode.Value).colorScheme(byThreshold());
    case 'status-map':
      return new Stat()
        .reduceOptions(values().fields('/^state$/'))
        .colorMode(BigValueColorMode.Background)
        .textMode(BigValueTextMode.ValueAndName)
        .displayName('${__data.fields.metric}');
    case 'timeline':
      return new StateTimeline().mergeValues(false).withTransformation({
        id: 'partitionByValues',
        options: { fields: ['lane'], keepFields: false, naming: { asLabels: true } },
      });
    case 'log':
      return new Logs().showTime(true).wrapLogMessage(true).sortOrder(LogsSortOrder.Descending);
    case 'table':
    case 'list':
    default:
      return new Table().displayMode(
        Object.keys(panel.states).length > 0 ? TableCellDisplayMode.ColorText : TableCellDisplayMode.Auto,
      );
  }
};

const aboutOf = (panel: Panel, queries: readonly PanelQuery[]): string => {
  const missing = [...new Set(queries.flatMap((query) => query.missing))];
  const unknown = missing.length > 0 ? `Empty here, since only Sexton can ask: ${missing.join(', ')}.` : '';
  return [panel.about ?? '', unknown].filter((text) => text !== '').join(' ');
};

const fixedColour = (colour: Colour): DynamicConfigValue[] => [
  { id: 'color', value: { mode: 'fixed', fixedColor: colourName(colour) } },
];

const DASHED: DynamicConfigValue[] = [
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
  { id: 'custom.lineWidth', value: 1 },
];

/** The panel with its place; `id` is unique in the dashboard. */
export const grafanaPanel = (
  panel: Panel,
  {
    id,
    at,
    queries,
    ground,
  }: {
    readonly id: number;
    readonly at: GridPos;
    readonly queries: readonly PanelQuery[];
    readonly ground: Ground;
  },
): Builder<GrafanaPanel> => {
  const { title, unit, decimals, range, refreshSeconds, spanSeconds, visual } = panel;
  const [first] = queries;
  const about = aboutOf(panel, queries);
  const steps =
    visual === 'line' && panel.guides.some((guide) => 'at' in guide)
      ? guideSteps(panel)
      : thresholdSteps(panel);
  let builder = builderOf(panel, queries)
    .id(id)
    .title(title)
    .gridPos(at)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    // Honoured where Grafana caches queries; elsewhere the panel is asked with the others.
    .queryCachingTTL(refreshSeconds * 1000);
  if (first) builder = builder.datasource(refOf(ground.pack, first.source));
  if (about !== '') builder = builder.description(about);
  if (unit !== undefined) builder = builder.unit(unitOf(unit));
  if (decimals !== undefined) builder = builder.decimals(decimals);
  if (range) builder = builder.min(range[0]).max(range[1]);
  if (spanSeconds !== undefined) builder = builder.timeFrom(formatDuration(spanSeconds));
  for (const { label, colour } of panel.marks) builder = builder.overrideByName(label, fixedColour(colour));
  const mappings = stateMappings(panel);
  if (mappings.length > 0) builder = builder.mappings(mappings);
  for (const [place, query] of queries.entries()) {
    builder = builder.withTarget(targetOf(query, place, ground));
    if (query.isGuide) builder = builder.overrideByQuery(refIdOf(place), DASHED);
  }
  return builder;
};
