// A query as Grafana's panels carry it. SQL has no builder in the SDK, so its fields, few and fixed, are written here.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Ground } from './ground.ts';
import type { PanelQuery, SqlQuery } from './panel-queries.ts';
import { refOf } from './sources.ts';

/** `A`, `B`, … in the order of the queries. */
export const refIdOf = (place: number): string => String.fromCharCode(65 + place);

/** Fields of the data source `grafana-postgresql-datasource`. */
const sqlTarget = (refId: string, { sql, format, source }: SqlQuery, { pack }: Ground) => ({
  refId,
  datasource: refOf(pack, source),
  editorMode: 'code',
  format,
  rawQuery: true,
  rawSql: sql,
});

export const targetOf = (query: PanelQuery, place: number, ground: Ground): Builder<Dataquery> => {
  const refId = refIdOf(place);
  if ('sql' in query) {
    const target = sqlTarget(refId, query, ground);
    // why: what a builder builds is plain JSON; the marker method exists in types only.
    return { build: () => target as unknown as Dataquery };
  }
  const builder = new DataqueryBuilder()
    .refId(refId)
    .datasource(refOf(ground.pack, query.source))
    .expr(query.expr)
    .legendFormat(query.legend)
    .format(query.buckets ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries);
  return query.instant ? builder.instant() : builder.range();
};
