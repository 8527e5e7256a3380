import { Command, InvalidArgumentError, Option } from 'commander';
import { isInstant } from '../contracts/instant.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';

type End = (exitCode: ExitCode) => void;

/**
 * Every command with its options. `summary` is its line in the list of commands; `--help` and `docs/commands.md` show
 * `description` (`npm run docs` writes that page). The module of a command is loaded only if the command is called.
 *
 * @param end is called with the exit code of the command, unless the command throws
 */
export function createProgram(end: End): Command {
  const program = new Command('tcsync')
    .description(
      'Copies ThreatConnect threat intelligence into Elasticsearch, and keeps up with it.',
    )
    .addHelpText(
      'after',
      '\nSettings come from the environment and .env; see docs/settings.md.\n' +
        'Exit codes: 0 ok, 1 failed, 2 usage or configuration, 3 attention needed.',
    )
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addPreparing(program, end);
  addRun(program, end);
  addBackfill(program, end);
  addSteering(program, end);
  addStatus(program, end);
  addRejects(program, end);
  addMap(program, end);
  program
    .command('worker')
    .summary('serve the task queues until SIGTERM or Ctrl-C')
    .description(
      'Serves the task queues until SIGTERM or Ctrl-C; open pages then get 20 s to end. In production start worker/main.ts itself.',
    )
    .action(async () => {
      const { worker } = await import('./worker.ts');
      end(await worker());
    });
  return program;
}

const FEED = ['[feed]', 'name of the feed; may be left out if there is one'] as const;
const JSON_OPTION = ['--json', 'print one JSON object'] as const;

function addPreparing(program: Command, end: End): void {
  program
    .command('check')
    .summary('check step by step everything that a run needs, and say how to correct it')
    .description(
      'Checks step by step everything that a run needs: settings, ThreatConnect (reachable, clock, credentials, owners, filters), Elasticsearch (version, each privilege, assets), Temporal, worker and its settings, Schedule. Says what to do about each fault. Changes nothing.',
    )
    .option(...JSON_OPTION)
    .action(async (options: { json?: true }) => {
      const { check } = await import('./check.ts');
      end(await check(options.json ?? false));
    });

  program
    .command('apply')
    .summary('create or update the Schedules and what Elasticsearch needs; safe to repeat')
    .description(
      'Creates what is missing in Elasticsearch, starts a stopped transform, creates or updates the Schedules, and prints what changed. Safe to repeat. A Schedule that somebody paused stays paused. With --replace-latest or --undo it then starts that replacement, or attaches to the open one, and follows it; Ctrl-C detaches, the replacement continues.',
    )
    .option('--dry-run', 'only report what would be done')
    .addOption(
      new Option(
        '--replace-latest',
        'then build the latest index anew beside the old one, compare, and move its readers',
      ).conflicts(['dryRun', 'undo']),
    )
    .addOption(
      new Option(
        '--undo',
        'then move the readers back to the latest index that was replaced last',
      ).conflicts('dryRun'),
    )
    .option(...JSON_OPTION)
    .action(async (options: { dryRun?: true; replaceLatest?: true; undo?: true; json?: true }) => {
      const { dryRun = false, replaceLatest = false, undo = false, json = false } = options;
      const replacing = replaceLatest || undo ? { undo } : null;
      const { apply } = await import('./apply.ts');
      end(await apply({ dryRun, json, replacing }));
    });

  program
    .command('plan')
    .summary('what the next run would read: window, counts, requests, size, time')
    .description(
      'Says what the next run would read: its window, counts by owner and type, what the filter leaves out, requests, size and time. Asks ThreatConnect for counts and one small page. Writes nothing.',
    )
    .argument(...FEED)
    .option(...JSON_OPTION)
    .action(async (feed: string | undefined, options: { json?: true }) => {
      const { plan } = await import('./plan.ts');
      end(await plan(feed ?? null, options.json ?? false));
    });
}

function addRun(program: Command, end: End): void {
  program
    .command('run')
    .summary('start a run now, or attach to the open one; Ctrl-C detaches')
    .description(
      'Has the feed’s Schedule start a run, also if it is paused, or attaches to the open run, whoever started it, and follows it. The run then uses --page-size and --lanes. With --from it starts a run of that window beside it. Ctrl-C detaches; the run continues.',
    )
    .argument(...FEED)
    .option(
      '--from <instant>',
      'start of an explicit window, 2026-01-31T00:00:00Z',
      toInstantOption,
    )
    .option('--to <instant>', 'its end, exclusive; default: now', toInstantOption)
    .option('--page-size <n>', 'records a page, 1 to 10000', upTo(10_000))
    .option('--lanes <n>', 'slices that are read at the same time, 1 to 16', upTo(16))
    .option(...JSON_OPTION)
    .action(
      async (
        feed: string | undefined,
        options: { from?: string; to?: string; pageSize?: number; lanes?: number; json?: true },
      ) => {
        const { json, ...input } = options;
        const { run } = await import('./run.ts');
        end(await run(feed ?? null, input, json ?? false));
      },
    );
}

function addBackfill(program: Command, end: End): void {
  program
    .command('backfill')
    .summary('read a range of the past again, span by span; Ctrl-C detaches')
    .description(
      'Reads a range of lastModified again, one run per span, and follows it; attaches if it is under way. The watermark stays as it is. pause, resume, cancel and tune reach all spans. Ctrl-C detaches; the backfill continues.',
    )
    .argument(...FEED)
    .requiredOption('--from <instant>', 'start of the range, 2026-01-31T00:00:00Z', toInstantOption)
    .requiredOption('--to <instant>', 'its end, exclusive', toInstantOption)
    .option('--span <duration>', 'length of the part that one run reads; default: 7d')
    .option('--lanes <n>', 'slices that all spans together read at a time, 1 to 16', upTo(16))
    .option('--page-size <n>', 'records a page, 1 to 10000', upTo(10_000))
    .option('--resume', 'leave out spans that an earlier backfill of the same range has read')
    .option(...JSON_OPTION)
    .action(
      async (
        feed: string | undefined,
        options: {
          from: string;
          to: string;
          span?: string;
          lanes?: number;
          pageSize?: number;
          resume?: true;
          json?: true;
        },
      ) => {
        const { json, ...input } = options;
        const { backfill } = await import('./backfill.ts');
        end(await backfill(feed ?? null, input, json ?? false));
      },
    );
}

type Steering = { run?: string; json?: true; schedule?: true };

/** `pause`, `resume`, `cancel` and `tune` select runs in the same way. */
function addSteering(program: Command, end: End): void {
  const steering = (name: string, summary: string, description: string) =>
    program
      .command(name)
      .summary(summary)
      .description(description)
      .argument(...FEED)
      .option(
        '--run <id>',
        'workflow id of one run or backfill; default: all open ones of the feed',
      )
      .option(...JSON_OPTION);

  steering(
    'pause',
    'pause runs at the next page boundary',
    'Pauses runs at the next page boundary. With --schedule no new runs start.',
  )
    .option('--reason <text>', 'a sentence that tells others why', toReason, 'tcsync pause')
    .option('--schedule', 'keep the Schedule from starting new runs instead')
    .action(async (feed: string | undefined, options: Steering & { reason: string }) => {
      const { reason, schedule = false } = options;
      const { pause } = await import('./steer.ts');
      end(await pause(toTarget(feed, options), { reason, schedule }));
    });

  steering('resume', 'continue paused runs', 'Continues paused runs.')
    .option('--schedule', 'let the Schedule start runs again instead')
    .action(async (feed: string | undefined, options: Steering) => {
      const { resume } = await import('./steer.ts');
      end(await resume(toTarget(feed, options), { schedule: options.schedule ?? false }));
    });

  steering(
    'cancel',
    'end runs and save their progress',
    'Ends runs and saves their progress. The next run continues there.',
  ).action(async (feed: string | undefined, options: Steering) => {
    const { cancel } = await import('./steer.ts');
    end(await cancel(toTarget(feed, options)));
  });

  steering(
    'tune',
    'change the page size or the number of lanes of open runs',
    'Changes the page size or the number of lanes of open runs, from now on.',
  )
    .option('--page-size <n>', 'records a page, 1 to 10000', upTo(10_000))
    .option('--lanes <n>', 'slices that are read at the same time, 1 to 16', upTo(16))
    .action(
      async (
        feed: string | undefined,
        options: Steering & { pageSize?: number; lanes?: number },
      ) => {
        const { pageSize, lanes } = options;
        if (pageSize === undefined && lanes === undefined) {
          throw new CommandError('say what to change: --page-size, --lanes or both', EXIT.usage);
        }
        const tuning = {
          ...(pageSize === undefined ? {} : { pageSize }),
          ...(lanes === undefined ? {} : { lanes }),
        };
        const { tune } = await import('./steer.ts');
        end(await tune(toTarget(feed, options), tuning));
      },
    );
}

function toTarget(feed: string | undefined, { run: id, json }: Steering) {
  return { feed: feed ?? null, run: id ?? null, json: json ?? false };
}

function addStatus(program: Command, end: End): void {
  program
    .command('status')
    .summary('whether all is well; freshness, the last run, the Schedule')
    .description(
      'Says whether all is well; if not, what is wrong, since when and what to do. Works with any part that can be reached. Then shows how fresh the data is, the last run, the Schedule, and open runs.',
    )
    .argument('[feed]', 'name of the feed; default: all')
    .option(...JSON_OPTION)
    .action(async (feed: string | undefined, options: { json?: true }) => {
      const { status } = await import('./status.ts');
      end(await status(feed ?? null, options.json ?? false));
    });

  program
    .command('why')
    .summary('why an indicator is in Elasticsearch, or is not')
    .description(
      'Says why an indicator is in Elasticsearch, or is not: how ThreatConnect shows it, which feeds select it, what the latest index holds, every version that is still stored and the run that wrote it, and when it ends. A value may be defanged; a value of several owners is explained for each. Works with any part that can be reached. Changes nothing.',
    )
    .argument('<indicator>', 'id or value of the indicator')
    .option(...JSON_OPTION)
    .action(async (indicator: string, options: { json?: true }) => {
      const { why } = await import('./why.ts');
      end(await why(indicator, options.json ?? false));
    });
}

function addRejects(program: Command, end: End): void {
  const rejects = program
    .command('rejects')
    .description('records that could not be written: list, show, replay');

  rejects
    .command('list')
    .summary('open rejects, the newest first')
    .description('Lists the records that could not be written and are open, the newest first.')
    .argument('[feed]', 'name of the feed; default: all')
    .option('--all', 'also settled ones')
    .option('--limit <n>', 'how many, 1 to 10000', upTo(10_000), 100)
    .option(...JSON_OPTION)
    .action(
      async (feed: string | undefined, options: { all?: true; limit: number; json?: true }) => {
        const { all = false, limit, json = false } = options;
        const { listRejects } = await import('./rejects.ts');
        end(await listRejects(feed ?? null, { all, limit, json }));
      },
    );

  rejects
    .command('show')
    .summary("one reject with its reason and its record's text")
    .description("Shows one reject with its reason and its record's text, unredacted.")
    .argument('<id>', 'id of the reject')
    .option(...JSON_OPTION)
    .action(async (id: string, options: { json?: true }) => {
      const { showReject } = await import('./rejects.ts');
      end(await showReject(id, options.json ?? false));
    });

  rejects
    .command('replay')
    .summary('read and write the records again, after the cause is corrected')
    .description(
      'Reads the records again by their ids and writes those that can be written now. Use it if the cause was corrected without a change in ThreatConnect: the next run reads changed records anyway.',
    )
    .argument('[id...]', 'ids of rejects; default: all open ones')
    .option('--feed <name>', 'name of the feed; may be left out if there is one')
    .option(...JSON_OPTION)
    .action(async (ids: string[], options: { feed?: string; json?: true }) => {
      const { replay } = await import('./rejects.ts');
      end(await replay(options.feed ?? null, ids, options.json ?? false));
    });
}

function addMap(program: Command, end: End): void {
  program
    .command('map')
    .summary('raw indicators on standard input, documents on standard output, one a line')
    .description(
      'Reads raw indicators from standard input and writes documents to standard output, one a line. One that cannot be mapped becomes {"_reject":"reason"}. Needs no settings and no server.',
    )
    .addOption(
      new Option('--profile <name>', 'shape of the documents')
        .choices(['enriched', 'compatible'])
        .default('enriched'),
    )
    .option('--namespace <name>', 'namespace of the data stream', 'default')
    .option('--ioc-expiration <duration>', 'life of an indicator', '90d')
    .option('--preserve-original-event', 'keep the record in event.original')
    .option('--tags <list>', 'tags of every document, comma separated; default: none', '')
    .option('--now <instant>', 'time to use as now, ISO 8601; default: now', toClock)
    .action(
      async (options: {
        profile: 'enriched' | 'compatible';
        namespace: string;
        iocExpiration: string;
        preserveOriginalEvent?: true;
        tags: string;
        now?: number;
      }) => {
        const { map } = await import('./map.ts');
        end(
          await map(
            {
              ...options,
              preserveOriginalEvent: options.preserveOriginalEvent ?? false,
              tags: options.tags.split(',').filter((tag) => tag !== ''),
              nowMs: options.now ?? Date.now(),
            },
            process.stdin,
            process.stdout,
          ),
        );
      },
    );
}

function toInstantOption(text: string): string {
  if (isInstant(text)) return text;
  throw new InvalidArgumentError('Expected UTC and whole seconds, such as 2026-01-31T00:00:00Z.');
}

/** Temporal stores a reason of at most 1,000 bytes with a Schedule. */
function toReason(text: string): string {
  const { length } = Array.from(text);
  if (length <= 200) return text;
  // not an InvalidArgumentError: its message would quote the whole reason
  throw new CommandError(`--reason has ${length} characters: at most 200 are kept`, EXIT.usage);
}

function toClock(text: string): number {
  const epochMs = Date.parse(text);
  if (!Number.isNaN(epochMs)) return epochMs;
  throw new InvalidArgumentError('Expected ISO 8601, such as 2026-01-31T12:34:56Z.');
}

/** Makes a parser for whole numbers from 1 to `most`. */
function upTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };
}
