#!/bin/sh
# Runs once, when the data folder is empty: home and the demo's targets, one role that owns all and is no superuser,
# and one that reads them for Grafana.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set sexton="$SEXTON_DB_PASSWORD" --set grafana="$GRAFANA_DB_PASSWORD" <<'SQL'
CREATE ROLE sexton LOGIN PASSWORD :'sexton';
CREATE ROLE grafana LOGIN PASSWORD :'grafana';
GRANT pg_read_all_data TO grafana;

CREATE DATABASE sexton OWNER sexton;
CREATE DATABASE sla_monitoring OWNER sexton;
CREATE DATABASE draft_cleanup OWNER sexton;

-- pg_read_all_data holds in every database that a role may connect to. Panels are reports, and reports read targets; where
-- rows are other people's, give the role SELECT on what the reports name instead.
REVOKE CONNECT ON DATABASE sla_monitoring, draft_cleanup FROM PUBLIC;
GRANT CONNECT ON DATABASE sla_monitoring, draft_cleanup TO grafana;
SQL
