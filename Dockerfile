# The worker, the command line and the stand-in for ThreatConnect, run as they are run from a clone.

# The Node of package.json, with which everything is tested.
FROM node:24.21.0-slim AS build
WORKDIR /opt/tcsync
COPY package.json package-lock.json ./
COPY stand-ins/package.json stand-ins/
# Of Temporal's native part, which comes for five platforms, only this one's is kept: 110 MB less.
RUN npm ci --omit=dev \
  && cd node_modules/@temporalio/core-bridge/releases \
  && find . -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +
# What .dockerignore lets through.
COPY . ./
# A worker that finds no bundle builds it at its start, which takes seconds, memory and a writable folder.
RUN node worker/bundle.ts

FROM node:24.21.0-slim
WORKDIR /opt/tcsync
COPY --from=build /opt/tcsync ./
RUN ln -s /opt/tcsync/client/tcsync.mjs /usr/local/bin/tcsync
# glibc keeps what is freed in one place for each thread: 15 MiB less at rest with two
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
# Its ports are open to the networks that the container is put into, and to nobody else.
ENV TCSYNC_LISTEN_ADDRESS=0.0.0.0
# Its files belong to root: the process cannot change what it runs.
USER node
EXPOSE 8085 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TCSYNC_HTTP_PORT || 8085}/readyz`).then(({ ok }) => process.exit(Number(!ok)))"]
# Without npm or `tcsync worker` in between: SIGTERM reaches the worker itself, and a Node process is spared.
# Anything else is a command of the image: `docker run … tcsync check`.
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=50", "worker/main.ts"]
