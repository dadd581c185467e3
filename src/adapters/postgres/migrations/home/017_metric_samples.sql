-- Up Migration
-- The history of every metric under the names that people ask by (SLA-07, SLA-10): by metric, label (`labels @> '{"job": "…"}'`)
-- and time. What had no value at a tick has no row. The key of a sample serves each series by time.
CREATE VIEW sexton.metric_samples AS
  SELECT series.measure AS metric, series.labels, sample.value, sample.at AS ts, series.pack, series.monitor
  FROM sexton.series JOIN sexton.sample ON sample.series = series.id
  WHERE sample.state = 'ok';
