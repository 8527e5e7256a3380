import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLine, type Line } from '../test/e2e/line.ts';
import { Control } from '../stand-ins/control.ts';
import type { syncFeed } from '../workflows/sync-feed.ts';
import type { Copied } from './copy-loop.ts';
import { countEvents } from './count-events.ts';
import { MemorySampler, residentMib } from './memory.ts';
import { cpuSeconds } from './processor.ts';

type Case = {
  records: number;
  associations: boolean;
  sink: 'thin' | 'full';
  pageSize: number;
};

const FEW = 10_000;
const MANY = 100_000;
const PAGE = 2_000;
const OTHER_PAGES = [500, 10_000];
/** Time until the garbage of the start is collected. */
const SETTLE_MS = 5_000;

/**
 * `npm run bench` measures the whole line, from ThreatConnect's answer to the acknowledged bulk request. Each case has
 * its own stand-ins and a worker that has just started. It also measures a plain copy loop (only with the thin sink,
 * because the full stand-in refuses unmapped records), and counts the requests of a run that finds no change. Prints
 * Markdown.
 *
 * `--records N` instead of 100,000.
 */
export async function benchLine(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { records: { type: 'string', default: String(MANY) } },
  });
  const rows: string[] = [];
  let asked = '';
  for (const each of toCases(Number(values.records))) {
    const measured = await measure(each);
    rows.push(row(toCells(each, measured)));
    process.stderr.write(`${rows.at(-1)}\n`);
    ({ asked } = measured);
  }
  const rule = row(COLUMNS.map((_, index) => (index < 3 ? '---' : '---:')));
  process.stdout.write(`\n${[row(COLUMNS), rule, ...rows].join('\n')}\n\n`);
  process.stdout.write(`When nothing has changed, a run asks for: ${asked}\n`);
}

const COLUMNS = [
  'Records',
  'Assoc.',
  'Sink',
  'Page',
  's',
  '/s',
  '/CPU s',
  'Loop /s',
  'Ratio',
  'Loop /CPU s',
  'Ratio',
  'Idle',
  'Peak',
  'Above',
  'Loop peak',
  'Events',
];

function toCases(many: number): Case[] {
  const cases: Case[] = [];
  for (const associations of [false, true]) {
    for (const records of new Set([Math.min(FEW, many), many])) {
      cases.push({ records, associations, sink: 'thin', pageSize: PAGE });
      cases.push({ records, associations, sink: 'full', pageSize: PAGE });
    }
    for (const pageSize of OTHER_PAGES) {
      cases.push({ records: many, associations, sink: 'thin', pageSize });
    }
  }
  return cases;
}

type Measured = Awaited<ReturnType<typeof measure>>;

async function measure({ records, associations, sink, pageSize }: Case) {
  const line = await startLine({
    records,
    sourceArguments: associations ? [] : ['--without-associations'],
    ...(sink === 'thin' && { sinkProgram: 'bench/thin-sink.ts' }),
    env: { TC_PAGE_SIZE: String(pageSize) },
  });
  try {
    if ((await line.processes.tcsync(['apply'], line.env)) !== 0) throw new Error('apply failed');
    const pid = line.processes.pid('the worker');
    await sleep(SETTLE_MS);
    const idleMib = residentMib(pid);
    const memory = new MemorySampler(pid);
    const startedMs = performance.now();
    const startedCpu = cpuSeconds(pid);
    const first = await start(line, 'first');
    const { counts, attention } = await first.result();
    const seconds = (performance.now() - startedMs) / 1e3;
    const cpu = cpuSeconds(pid) - startedCpu;
    const peakMib = memory.stop();
    if (counts.created !== counts.read || attention.length > 0) {
      throw new Error(`${counts.read} read, ${counts.created} created; ${attention.join('; ')}`);
    }
    const events = await countEvents(line.temporal, first.workflowId, first.firstExecutionRunId);
    const copied = sink === 'thin' ? await copyLoop(line) : null;
    if (copied !== null && Math.abs(copied.records - counts.read) > counts.pages) {
      throw new Error(`${counts.read} records read, but the copy loop read ${copied.records}`);
    }
    const asked = await askedWhenNothingChanged(line);
    return { counts, seconds, cpu, idleMib, peakMib, events, copied, asked };
  } finally {
    await line.stop();
  }
}

function toCells({ associations, sink, pageSize }: Case, measured: Measured): string[] {
  const { counts, seconds, cpu, idleMib, peakMib, events, copied } = measured;
  const each = counts.read / seconds;
  const eachCpu = counts.read / cpu;
  return [
    whole(counts.read),
    associations ? 'with' : 'without',
    sink,
    whole(pageSize),
    seconds.toFixed(1),
    whole(each),
    whole(eachCpu),
    ...(copied === null
      ? ['', '', '', '']
      : [
          whole(copied.records / copied.seconds),
          (each / (copied.records / copied.seconds)).toFixed(2),
          whole(copied.records / copied.cpuSeconds),
          (eachCpu / (copied.records / copied.cpuSeconds)).toFixed(2),
        ]),
    whole(idleMib),
    whole(peakMib),
    whole(peakMib - idleMib),
    copied === null ? '' : whole(copied.peakMib),
    (events / counts.pages).toFixed(1),
  ];
}

function start({ temporal }: Line, name: string) {
  return temporal.workflow.start<typeof syncFeed>('syncFeed', {
    workflowId: `bench/${name}`,
    taskQueue: 'tcsync-default',
    args: [{ feed: 'default' }],
  });
}

/** Runs after the worker's own run, so that neither waits for the other. */
async function copyLoop({ processes, env }: Line): Promise<Copied> {
  const [text] = await processes.start('the copy loop', 'bench/copy-loop.ts', [], {
    env,
    ready: /^\{.*\}$/,
  });
  return JSON.parse(text) as Copied;
}

/** The requests of a run that finds no change. */
async function askedWhenNothingChanged(line: Line): Promise<string> {
  const systems = { ThreatConnect: line.source, Elasticsearch: new Control(line.env.ES_URL ?? '') };
  for (const system of Object.values(systems)) await system.post('/_sim/counters/reset');
  await (await start(line, 'second')).result();
  const asked: string[] = [];
  for (const [name, system] of Object.entries(systems)) {
    const { requests } = await system.get<{ requests: Record<string, number> }>('/_sim/counters');
    const counts = Object.entries(requests).filter(([, count]) => count > 0);
    asked.push(`${name}: ${counts.map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  }
  return asked.join('; ');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
