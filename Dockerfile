# The worker, the command line and the stand-in for ThreatConnect, as they run from a clone.

# The Node version of package.json, with which everything is tested.
FROM node:24.21.0-slim AS build
WORKDIR /opt/tcsync
COPY package.json package-lock.json ./
COPY stand-ins/package.json stand-ins/
# Temporal's native library comes for five platforms. Keep only the one of this platform: 110 MB less.
RUN npm ci --omit=dev \
  && cd node_modules/@temporalio/core-bridge/releases \
  && find . -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +
# All files that .dockerignore does not exclude.
COPY . ./
# Without a bundle the worker would build one at its start, which needs seconds, memory and a writable folder.
RUN node worker/bundle.ts

FROM node:24.21.0-slim
WORKDIR /opt/tcsync
COPY --from=build /opt/tcsync ./
RUN ln -s /opt/tcsync/client/tcsync.mjs /usr/local/bin/tcsync
# glibc keeps freed memory in an arena for each thread; with two arenas an idle worker takes 15 MiB less
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
# The ports are open only to the networks of the container.
ENV TCSYNC_LISTEN_ADDRESS=0.0.0.0
# The files belong to root, so the process cannot change its own code.
USER node
EXPOSE 8085 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TCSYNC_HTTP_PORT || 8085}/readyz`).then(({ ok }) => process.exit(Number(!ok)))"]
# Starts the worker without npm or `tcsync worker`, so that SIGTERM reaches it directly and no second Node process
# runs. Any other command is one of `tcsync`: `docker run … tcsync check`.
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=50", "worker/main.ts"]
