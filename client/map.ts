import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mapRecord } from '../mapping/map-record.ts';
import type { MappingSettings } from '../mapping/mapping-settings.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';

export type MapOptions = {
  profile: 'enriched' | 'compatible';
  namespace: string;
  iocExpiration: string;
  preserveOriginalEvent: boolean;
  tags: readonly string[];
  /** The time to use as now, epoch milliseconds. */
  nowMs: number;
};

const DURATION = /^[1-9]\d{0,4}[dhm]$/;
const NEWLINE = 0x0a;

/**
 * Maps raw indicators, one on each line of `input`, to documents, one on each line of `output`, in the same order:
 * `{"_id":…,"_source":…}`, or `{"_reject":"reason"}` if an indicator cannot be mapped. Prints a summary on standard
 * error. Documents lack the fields that only a run can set (`tcsync.feed`, `tcsync.run_id`, `event.ingested`).
 *
 * @returns `attention` if an indicator was rejected
 */
export async function map(
  options: MapOptions,
  input: AsyncIterable<Buffer>,
  output: NodeJS.WritableStream,
): Promise<ExitCode> {
  if (options.profile === 'enriched' && !DURATION.test(options.iocExpiration)) {
    throw new CommandError(
      `--ioc-expiration ${options.iocExpiration}: expected a whole number with unit d, h or m, such as 90d`,
      EXIT.usage,
    );
  }
  const settings: MappingSettings = {
    ...options,
    expiry: options.profile === 'compatible' ? 'fixed' : 'confirmed',
    timestamp: 'modified',
    people: 'keep',
    passwords: 'drop',
  };
  const counts = { mapped: 0, rejected: 0 };
  try {
    await pipeline(Readable.from(mapLines(lines(input), settings, options.nowMs, counts)), output, {
      end: false,
    });
  } catch (error) {
    // the reader of the output has closed the pipe
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
  process.stderr.write(`${counts.mapped} mapped, ${counts.rejected} rejected\n`);
  return counts.rejected > 0 ? EXIT.attention : EXIT.ok;
}

async function* mapLines(
  texts: AsyncIterable<string>,
  settings: MappingSettings,
  nowMs: number,
  counts: { mapped: number; rejected: number },
): AsyncGenerator<string> {
  for await (const text of texts) {
    const mapped = mapLine(text, settings, nowMs);
    if ('_reject' in mapped) {
      counts.rejected += 1;
      yield `${JSON.stringify(mapped)}\n`;
    } else {
      counts.mapped += 1;
      yield `{"_id":${JSON.stringify(mapped.id)},"_source":${mapped.source}}\n`;
    }
  }
}

function mapLine(
  text: string,
  settings: MappingSettings,
  nowMs: number,
): { id: string; source: string } | { _reject: string } {
  try {
    const mapped = mapRecord(text, false, settings, {
      requestedAtMs: nowMs,
      feed: null,
      runId: null,
    });
    return mapped.kind === 'document' ? mapped : { _reject: mapped.reason };
  } catch (error) {
    if (error instanceof SyntaxError) return { _reject: 'the line is not JSON' };
    throw error;
  }
}

/** Splits only at line feeds: JSON may contain U+2028, at which `readline` would also split. */
async function* lines(input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of input) {
    let begin = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, begin);
      if (end === -1) break;
      yield Buffer.concat([...rest, chunk.subarray(begin, end)]).toString();
      rest = [];
      begin = end + 1;
    }
    rest.push(chunk.subarray(begin));
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield last.toString();
}
