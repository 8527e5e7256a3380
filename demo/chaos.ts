/*
 *  the source changes all the time ───────────────────────────────┐ stops
 *  one request in 16 fails ───────────────────────────────────────┤ good again
 *                                                                 ▼
 *  run 1: everything             run 2: what changed              run 3: the rest     compare
 *    ▲ kill: a page is read        ▲ kill: the source refuses
 *      ▲ kill: a page is written     every request
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { failedRequests, mulberry32 } from '../stand-ins/failing-proxy.ts';
import { atMoment, type BadNetwork } from './bad-network.ts';
import { isEqual, toSentence } from './compare.ts';
import type { DemoSettings } from './demo-settings.ts';
import { KilledWorker } from './killed-worker.ts';
import { MovingSource } from './moving-source.ts';
import { startParts, type Parts } from './parts.ts';
import { Runs } from './runs.ts';
import { number, say } from './say.ts';
import { command, compareStream, showLatest } from './show.ts';
import { toLines } from './what-happened.ts';

/** Number of pages that the first run has at least, so that much can happen between two pages. */
const PAGES = 40;
const TICK_MS = 4_000;
const POLL_MS = 100;
/** Longer than the demo's safety lag, so that the last change lies in the window of the last run. */
const SETTLED_MS = 3_500;

type Chaos = {
  parts: Parts;
  source: MovingSource;
  network: BadNetwork;
  worker: KilledWorker;
  runs: Runs;
  /** A random whole number, both ends included. */
  draw: (least: number, most: number) => number;
};

/**
 * Copies a source that changes all the time over a network that fails, kills the worker three times, and compares in
 * the end.
 *
 * @param undo gets the steps of the clean-up at the end, which run in reverse order
 * @returns whether both comparisons were equal
 */
export async function showChaos(
  options: DemoSettings,
  folder: string,
  undo: (() => Promise<void> | void)[],
): Promise<boolean> {
  const { seed, changes } = options;
  say(`seed ${seed}: with \`--seed ${seed}\` the same faults, changes and moments are drawn again`);
  const chaos = await prepare(options, folder, undo);
  const { parts, source, network, worker, runs } = chaos;
  await command(parts, ['apply']);

  say(`\nfrom now on ${changes} records change and ${changes} are added twice a second;`);
  say('  some of the new ones become visible only seconds after the time that they carry');
  say('from now on about one of 16 requests of the worker fails: 429 (too many requests), 502 and');
  say('  503 (a proxy gives up), a connection that breaks, an answer that is cut off');
  source.start();
  network.turnBad();
  const ticker = setInterval(() => {
    const failed = failedRequests(network.source) + failedRequests(network.sink);
    say(`  … ${number(source.asked)} changes and ${number(failed)} failed requests so far`);
  }, TICK_MS);
  undo.push(() => clearInterval(ticker));

  say('\nrun 1 reads everything');
  await during(run(parts), killTwice(chaos));
  await source.count();
  say(toSentence(await compareStream(parts)));
  say(
    '  A run reads what had changed up to its beginning. The next one reads what has changed since.',
  );

  say('\nrun 2 reads what has changed since');
  await during(run(parts), killWhileRefused(chaos));

  say('\nthe source stops changing, and requests succeed again; run 3 reads the rest');
  await source.stop();
  network.turnGood();
  await sleep(SETTLED_MS);
  await run(parts);
  clearInterval(ticker);

  const comparison = await compareStream(parts);
  const isLatest = await showLatest(parts);
  say('\nwhat has happened:');
  const numbers = {
    ...(await runs.numbers()),
    ...source.counted,
    kills: worker.kills,
    failed: { source: network.source.failed, sink: network.sink.failed },
  };
  for (const line of toLines(numbers)) say(line);
  say(toSentence(comparison));
  return isEqual(comparison) && isLatest;
}

async function prepare(
  options: DemoSettings,
  folder: string,
  undo: (() => Promise<void> | void)[],
): Promise<Chaos> {
  const { seed, records, changes } = options;
  const settings = {
    TC_PAGE_SIZE: String(Math.ceil(records / PAGES)),
    TC_REQUESTS_PER_SECOND: '100', // the stand-in is not to be spared
  };
  const parts = await startParts(options, folder, undo, settings);
  const { control, network, namespace } = parts;
  if (control === null || network === null) throw new Error('--chaos needs the stand-in');
  const { address, namespace: temporalNamespace } = parts.temporal;
  const connection = await Connection.connect({ address });
  undo.push(() => connection.close());
  const temporal = new Client({ connection, namespace: temporalNamespace });
  const source = new MovingSource(control, seed, changes);
  undo.push(() => source.stop());
  const random = mulberry32(seed);
  return {
    parts,
    source,
    network,
    worker: new KilledWorker(parts),
    runs: new Runs(temporal, namespace, new Date()),
    draw: (least, most) => least + Math.floor(random() * (most - least + 1)),
  };
}

const isPage = (path: string) => path.startsWith('/api/v3/indicators?') && !path.includes('count=');
const isBulk = (path: string) => path.includes('/_bulk');

async function killTwice({ network, worker, draw }: Chaos): Promise<void> {
  const reads = { isPath: isPage, times: draw(6, 12) };
  await atMoment(network.source, 'onRequest', reads, () => worker.kill('while it reads a page'));
  say(
    '  Temporal knows the pages that are done. It gives the pages that were open to the new worker',
  );
  say('  as soon as it has heard nothing of the old one for 30 seconds.');
  await worker.restart();

  const writes = { isPath: isBulk, times: draw(5, 10) };
  await atMoment(network.sink, 'onAnswer', writes, () =>
    worker.kill('when Elasticsearch has stored a page and has not answered yet'),
  );
  say(
    '  The new worker sends this page again, after 30 seconds as before. Its documents have the same',
  );
  say('  ids as the first time, so that nothing is stored twice.');
  await worker.restart();
}

async function killWhileRefused({ network, worker, runs, draw }: Chaos): Promise<void> {
  const reads = { isPath: isPage, times: draw(3, 6) };
  await atMoment(network.source, 'onRequest', reads, async () => network.refuseAtSource());
  say(
    'ThreatConnect now answers every request with 429, so that each page waits for its next attempt',
  );
  while (!(await runs.isWaiting())) await sleep(POLL_MS);
  await worker.kill('while all pages wait');
  say(
    '  No page is lost with it: Temporal does the waiting, and any worker takes the next attempt.',
  );
  await worker.restart();
  say('ThreatConnect answers again, as badly as before');
  network.turnBad();
}

/** @throws {Error} if the run ends before everything has happened that is to happen during it */
async function during(running: Promise<void>, happening: Promise<void>): Promise<void> {
  const ended = running.then(() => {
    throw new Error('the run has ended too early: the demo needs more records');
  });
  await Promise.race([happening, ended]);
  await running;
}

function run(parts: Parts): Promise<void> {
  return command(parts, ['run'], parts.env, say);
}
