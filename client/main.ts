import { Command, InvalidArgumentError, Option } from 'commander';
import { isInstant } from '../contracts/instant.ts';
import { apply } from './apply.ts';
import { check } from './check.ts';
import { toEnding } from './ending.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { map } from './map.ts';
import { plan } from './plan.ts';
import { listRejects, replay, showReject } from './rejects.ts';
import { run } from './run.ts';
import { readEnvFile } from './session.ts';
import { status } from './status.ts';
import { cancel, pause, resume, tune } from './steer.ts';
import { worker } from './worker.ts';

const program = new Command('tcsync')
  .description('Keeps Elasticsearch equal to ThreatConnect threat intelligence.')
  .addHelpText(
    'after',
    '\nSettings come from the environment and .env; see the README.\n' +
      'Exit codes: 0 ok, 1 failed, 2 usage or configuration, 3 attention needed.',
  )
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

let exitCode: ExitCode = EXIT.ok;

program
  .command('check')
  .description(
    'look step by step at everything that a run needs, and say what to do; changes nothing',
  )
  .option('--json', 'print one JSON object')
  .action(async (options: { json?: true }) => {
    exitCode = await check(options.json ?? false);
  });

program
  .command('apply')
  .description('create or update the Schedules and what Elasticsearch needs; safe to repeat')
  .option('--dry-run', 'only tell what would be done')
  .option('--json', 'print one JSON object')
  .action(async (options: { dryRun?: true; json?: true }) => {
    exitCode = await apply({ dryRun: options.dryRun ?? false, json: options.json ?? false });
  });

program
  .command('plan')
  .description('what the next run would read: window, counts, requests, size, time; writes nothing')
  .argument('[feed]', 'name of the feed; may be left out where there is one')
  .option('--json', 'print one JSON object')
  .action(async (feed: string | undefined, options: { json?: true }) => {
    exitCode = await plan(feed ?? null, options.json ?? false);
  });

program
  .command('run')
  .description('read what is new now, or attach to the run that does; Ctrl-C detaches')
  .argument('[feed]', 'name of the feed; may be left out where there is one')
  .option('--from <instant>', 'start of an explicit window, 2026-01-31T00:00:00Z', toInstantOption)
  .option('--to <instant>', 'its end, exclusive; default: now', toInstantOption)
  .option('--page-size <n>', 'records a page, 1 to 10000', upTo(10_000))
  .option('--lanes <n>', 'slices that are read at the same time, 1 to 16', upTo(16))
  .option('--json', 'print one JSON object')
  .action(
    async (
      feed: string | undefined,
      options: { from?: string; to?: string; pageSize?: number; lanes?: number; json?: true },
    ) => {
      const { json, ...window } = options;
      exitCode = await run(feed ?? null, window, json ?? false);
    },
  );

/** `pause`, `resume`, `cancel` and `tune` mean the same runs. */
function steering(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('[feed]', 'name of the feed; may be left out where there is one')
    .option('--run <id>', 'workflow id of one run; default: all of the feed that are under way')
    .option('--json', 'print one JSON object');
}

type Steering = { run?: string; json?: true; schedule?: true };

function toTarget(feed: string | undefined, { run: id, json }: Steering) {
  return { feed: feed ?? null, run: id ?? null, json: json ?? false };
}

steering('pause', 'hold runs at the next page boundary')
  .option('--reason <text>', 'why, for whoever looks, in a sentence', toReason, 'tcsync pause')
  .option('--schedule', 'keep the Schedule from starting new runs instead')
  .action(async (feed: string | undefined, options: Steering & { reason: string }) => {
    const { reason, schedule = false } = options;
    exitCode = await pause(toTarget(feed, options), { reason, schedule });
  });

steering('resume', 'let paused runs go on')
  .option('--schedule', 'let the Schedule start runs again instead')
  .action(async (feed: string | undefined, options: Steering) => {
    exitCode = await resume(toTarget(feed, options), { schedule: options.schedule ?? false });
  });

steering('cancel', 'end runs and save what they have reached; the next run goes on there').action(
  async (feed: string | undefined, options: Steering) => {
    exitCode = await cancel(toTarget(feed, options));
  },
);

steering('tune', 'change how much runs read at a time, from now on')
  .option('--page-size <n>', 'records a page, 1 to 10000', upTo(10_000))
  .option('--lanes <n>', 'slices that are read at the same time, 1 to 16', upTo(16))
  .action(
    async (feed: string | undefined, options: Steering & { pageSize?: number; lanes?: number }) => {
      const { pageSize, lanes } = options;
      if (pageSize === undefined && lanes === undefined) {
        throw new CommandError('say what to change: --page-size, --lanes or both', EXIT.usage);
      }
      const tuning = {
        ...(pageSize === undefined ? {} : { pageSize }),
        ...(lanes === undefined ? {} : { lanes }),
      };
      exitCode = await tune(toTarget(feed, options), tuning);
    },
  );

program
  .command('status')
  .description('freshness first, then the Schedule and the last run')
  .argument('[feed]', 'name of the feed; default: all')
  .option('--json', 'print one JSON object')
  .action(async (feed: string | undefined, options: { json?: true }) => {
    exitCode = await status(feed ?? null, options.json ?? false);
  });

const rejects = program
  .command('rejects')
  .description('records that could not be written: list, show, replay');

rejects
  .command('list')
  .description('rejects that are open, the newest first')
  .argument('[feed]', 'name of the feed; default: all')
  .option('--all', 'also those that are settled')
  .option('--limit <n>', 'how many, 1 to 10000', upTo(10_000), 100)
  .option('--json', 'print one JSON object')
  .action(async (feed: string | undefined, options: { all?: true; limit: number; json?: true }) => {
    const { all = false, limit, json = false } = options;
    exitCode = await listRejects(feed ?? null, { all, limit, json });
  });

rejects
  .command('show')
  .description("one reject with its reason and its record's text")
  .argument('<id>', 'id of the reject')
  .option('--json', 'print one JSON object')
  .action(async (id: string, options: { json?: true }) => {
    exitCode = await showReject(id, options.json ?? false);
  });

rejects
  .command('replay')
  .description('read the records again, once they or the template are mended, and write them')
  .argument('[id...]', 'ids of rejects; default: all that are open')
  .option('--feed <name>', 'name of the feed; may be left out where there is one')
  .option('--json', 'print one JSON object')
  .action(async (ids: string[], options: { feed?: string; json?: true }) => {
    exitCode = await replay(options.feed ?? null, ids, options.json ?? false);
  });

program
  .command('map')
  .description('raw indicators on standard input, documents on standard output, one a line')
  .addOption(
    new Option('--profile <name>', 'shape of the documents')
      .choices(['enriched', 'compatible'])
      .default('enriched'),
  )
  .option('--namespace <name>', 'namespace of the data stream', 'default')
  .option('--ioc-expiration <duration>', 'life of an indicator', '90d')
  .option('--preserve-original-event', 'keep the record in event.original')
  .option('--tags <list>', 'tags of every document, comma separated', '')
  .option('--now <instant>', 'the clock where one is needed, ISO 8601; default: now', toClock)
  .action(
    async (options: {
      profile: 'enriched' | 'compatible';
      namespace: string;
      iocExpiration: string;
      preserveOriginalEvent?: true;
      tags: string;
      now?: number;
    }) => {
      exitCode = await map(
        {
          ...options,
          preserveOriginalEvent: options.preserveOriginalEvent ?? false,
          tags: options.tags.split(',').filter((tag) => tag !== ''),
          nowMs: options.now ?? Date.now(),
        },
        process.stdin,
        process.stdout,
      );
    },
  );

program
  .command('worker')
  .description('serve the task queues until SIGTERM or Ctrl-C')
  .action(async () => {
    exitCode = await worker();
  });

function toInstantOption(text: string): string {
  if (isInstant(text)) return text;
  throw new InvalidArgumentError('Expected UTC and whole seconds, such as 2026-01-31T00:00:00Z.');
}

/** Temporal keeps at most 1,000 bytes with a Schedule. */
function toReason(text: string): string {
  const { length } = Array.from(text);
  if (length <= 200) return text;
  // not as an invalid argument, which would be quoted whole
  throw new CommandError(`--reason has ${length} characters: at most 200 are kept`, EXIT.usage);
}

function toClock(text: string): number {
  const epochMs = Date.parse(text);
  if (!Number.isNaN(epochMs)) return epochMs;
  throw new InvalidArgumentError('Expected ISO 8601, such as 2026-01-31T12:34:56Z.');
}

/** Reads a whole number from 1 on. */
function upTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };
}

let isFailed = false;

/** Says what is wrong, the first time, and sets the exit code. */
function fail(error: unknown): void {
  if (isFailed) return;
  const { sentence, exitCode } = toEnding(error);
  isFailed = exitCode !== EXIT.ok; // `--help` is thrown, too
  if (sentence !== null) process.stderr.write(`${sentence}\n`);
  process.exitCode = exitCode;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // whoever reads has seen enough (`| head`): the command does its work all the same, and its exit code tells of it
  if (error.code === 'EPIPE') return;
  fail(new CommandError(`the output cannot be written: ${error.message}`));
});
process.stderr.on('error', () => undefined); // nobody is left to be told
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

try {
  readEnvFile();
  await program.parseAsync();
  if (!isFailed) process.exitCode = exitCode;
} catch (error) {
  fail(error);
}
