import type { Fault } from './fault.ts';
import { readHeaderValue } from './header-value.ts';
import { Problem } from './problem.ts';

/** Texts that libraries read from the environment by themselves and send as headers, by variable. */
const HEADERS: readonly { name: RegExp; expected: string; valuesOf: (text: string) => string[] }[] =
  [
    {
      name: /^TEMPORAL_API_KEY$/,
      expected: 'an API key of Temporal Cloud',
      valuesOf: (text) => [text],
    },
    {
      name: /^TEMPORAL_GRPC_META_/,
      expected: 'the value of a gRPC header',
      valuesOf: (text) => [text],
    },
    {
      name: /^OTEL_EXPORTER_OTLP_(?:TRACES_)?HEADERS$/,
      expected: 'headers, name=value, separated by commas; values percent-encoded',
      valuesOf: (text) => text.split(',').map(decoded),
    },
  ];

/**
 * What is wrong with variables of libraries. Only where the library would not say it: that of gRPC prints the header
 * that it cannot send, that of OpenTelemetry sends no spans.
 */
export function foreignFaults(env: NodeJS.ProcessEnv): Fault[] {
  return [...headerFaults(env), ...addressFaults(env)];
}

function headerFaults(env: NodeJS.ProcessEnv): Fault[] {
  return HEADERS.flatMap(({ name: pattern, expected, valuesOf }) =>
    Object.keys(env)
      .filter((name) => pattern.test(name))
      .sort()
      .flatMap((name) => {
        const problem = valuesOf(env[name] ?? '')
          .map(readHeaderValue)
          .find((read) => read instanceof Problem);
        if (problem === undefined) return [];
        return [{ name, problem: `the value ${problem.text}`, expected, example: `${name}=…` }];
      }),
  );
}

/** What stands before an @ may be a secret, and would be printed and asked of the DNS. */
function addressFaults({ TEMPORAL_ADDRESS }: NodeJS.ProcessEnv): Fault[] {
  if (TEMPORAL_ADDRESS === undefined || !/[@?#\s\\]/.test(TEMPORAL_ADDRESS)) return [];
  return [
    {
      name: 'TEMPORAL_ADDRESS',
      problem: 'the value is not host:port',
      expected: 'host and port of Temporal’s gRPC service',
      example: 'TEMPORAL_ADDRESS=localhost:7233',
    },
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text; // a lone percent sign is sent as it is
  }
}
