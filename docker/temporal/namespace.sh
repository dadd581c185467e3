#!/bin/sh
# Makes the namespace that TEMPORAL_NAMESPACE names, unless it is there; TEMPORAL_ADDRESS says where.
# What closed runs leave in Temporal is kept for RETENTION; what Sexton must know for longer is in its own database.
set -eu

tries=30
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION" || true
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || exit 1
  sleep 2
done
echo "namespace $TEMPORAL_NAMESPACE is there"
