import { DefaultLogger, type LogEntry, type LogLevel } from '@temporalio/worker';

/** One JSON object per line on standard error: time, level, message, and the fields of the entry. */
export function createLogger(level: LogLevel, redact: (text: string) => string): DefaultLogger {
  return new DefaultLogger(level, (entry) => {
    process.stderr.write(`${redact(toLine(entry))}\n`);
  });
}

export function toLine({ level, timestampNanos, message, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  return JSON.stringify({ time, level, message, ...meta }, readable);
}

function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  // only name and message: JSON drops them, and the error's cause may hold a request
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return value;
}
