#!/bin/sh
# Runs once, when the data folder is empty: home and the demo's target, one role that owns both and is no superuser,
# and one that reads home for Grafana.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set sexton="$SEXTON_DB_PASSWORD" --set grafana="$GRAFANA_DB_PASSWORD" <<'SQL'
CREATE ROLE sexton LOGIN PASSWORD :'sexton';
CREATE ROLE grafana LOGIN PASSWORD :'grafana';
GRANT pg_read_all_data TO grafana;

CREATE DATABASE sexton OWNER sexton;
CREATE DATABASE sla_monitoring OWNER sexton;

-- pg_read_all_data holds in every database of the server; a target's rows are nobody's dashboard.
REVOKE CONNECT ON DATABASE sla_monitoring FROM PUBLIC;
SQL
