#!/usr/bin/env node
await import('../config/node-version.mjs');
await import('./main.ts');
