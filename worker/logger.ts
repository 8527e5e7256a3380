import { DefaultLogger, type LogLevel } from '@temporalio/worker';

/** One JSON object a line on standard error: time, level, message, and the fields of the line. */
export function createLogger(level: LogLevel, redact: (text: string) => string): DefaultLogger {
  return new DefaultLogger(level, ({ level: lineLevel, timestampNanos, message, meta }) => {
    const line = {
      time: new Date(Number(timestampNanos / 1_000_000n)).toISOString(),
      level: lineLevel,
      message,
      ...meta,
    };
    process.stderr.write(`${redact(JSON.stringify(line, readable))}\n`);
  });
}

function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  // an error's own fields would be lost, and its cause may hold a request
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return value;
}
