import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker';

const ROOT = path.dirname(import.meta.dirname);
const FOLDER = path.join(import.meta.dirname, '.bundle');

/**
 * Path of the workflow bundle that belongs to the current code. If it is missing, it is built in a process of its own,
 * so that the worker does not keep the bundler's memory. An image that ran `npm run bundle` never builds it.
 *
 * @param isTraced true if workflows create spans, which adds 1 MB of code
 */
export async function workflowBundle(isTraced: boolean): Promise<string> {
  const file = bundlePath(isTraced);
  if (existsSync(file)) return file;
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), kindOf(isTraced)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`building the workflow bundle failed with exit code ${code}`));
    });
  });
  return file;
}

/** Interceptors that create spans inside workflows. */
const TRACING = import.meta
  .resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js');

const INGREDIENTS = [
  'workflows/**/*.ts',
  'contracts/**/*.ts',
  'worker/bundle.ts',
  'package-lock.json',
];

/** The name contains a hash of the sources, so that a stale bundle is never loaded. */
function bundlePath(isTraced: boolean): string {
  const hash = createHash('sha256');
  for (const file of globSync(INGREDIENTS, {
    cwd: ROOT,
  }).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(ROOT, file)))
      .update('\0');
  }
  return path.join(FOLDER, `${kindOf(isTraced)}-${hash.digest('hex').slice(0, 16)}.js`);
}

function kindOf(isTraced: boolean): string {
  return isTraced ? 'traced-workflows' : 'workflows';
}

/** The workflows, and the converter and interceptors that the bundle contains. */
export function bundleOptions(isTraced: boolean): BundleOptions {
  return {
    workflowsPath: path.join(ROOT, 'workflows/index.ts'),
    payloadConverterPath: path.join(ROOT, 'workflows/payload-converter.ts'),
    workflowInterceptorModules: [
      path.join(ROOT, 'workflows/decoded-results.ts'),
      ...(isTraced ? [fileURLToPath(TRACING)] : []),
    ],
    logger: new DefaultLogger('WARN'),
  };
}

async function build(isTraced: boolean): Promise<void> {
  const file = bundlePath(isTraced);
  const { code } = await bundleWorkflowCode(bundleOptions(isTraced));
  mkdirSync(FOLDER, { recursive: true });
  // write, then rename, so that a file is never half written: two workers may build at the same time
  writeFileSync(`${file}.${process.pid}`, withoutSources(code));
  renameSync(`${file}.${process.pid}`, file);
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
}

const MAP = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/**
 * Removes the sources from the source map, which maps files and lines without them. Every worker holds the map several
 * times: this saves 46 MiB of resident memory after a first run.
 */
function withoutSources(code: string): string {
  const at = code.lastIndexOf(MAP);
  if (at < 0) throw new Error('the bundler has not put a source map where it is expected');
  const encoded = code.slice(at + MAP.length).trimEnd();
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, unknown>;
  delete map.sourcesContent;
  return `${code.slice(0, at)}${MAP}${Buffer.from(JSON.stringify(map)).toString('base64')}\n`;
}

if (import.meta.main) {
  const [only] = process.argv.slice(2);
  for (const isTraced of [false, true]) {
    if (only === undefined || only === kindOf(isTraced)) await build(isTraced);
  }
}
