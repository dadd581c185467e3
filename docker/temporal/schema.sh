#!/bin/sh
# Brings Temporal's two databases to the schema of this image; run before the server, again at each upgrade.
# Where and as whom: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD, SQL_PLUGIN, which the tool reads itself.
set -eu

update() { temporal-sql-tool --database "$1" update-schema --schema-name "postgresql/v12/$2"; }

bring_up() {
  if report=$(update "$1" "$2" 2>&1); then
    echo "$1: schema is up to date"
    return
  fi
  # setup-schema sets the version back to 0.0, so it runs only where there is no version at all.
  case $report in
    *schema_version*'does not exist'*) ;;
    *) echo "$report" >&2 && exit 1 ;;
  esac
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  update "$1" "$2"
  echo "$1: schema is set up"
}

bring_up temporal temporal
bring_up temporal_visibility visibility
