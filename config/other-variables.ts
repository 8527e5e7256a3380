import { temporalAddress } from './address-kinds.ts';
import { Fault, type SettingFault } from './fault.ts';
import { readHeaderValue } from './header-value.ts';
import { nearest } from './nearest.ts';
import { namesOf } from './setting.ts';
import { SETTINGS } from './settings.ts';

const OURS = /^(?:TC|ES|TCSYNC)_/;
const STAND_IN = /^TC_SIM_/;

/** Variables that libraries read from the environment and send as headers. */
const HEADERS: readonly { name: RegExp; expected: string; valuesOf: (text: string) => string[] }[] =
  [
    {
      name: /^TEMPORAL_API_KEY$/,
      expected: 'an API key of Temporal Cloud',
      valuesOf: (text) => [text],
    },
    {
      name: /^TEMPORAL_NAMESPACE$/,
      expected: 'the name of a namespace in Temporal, which goes into a header',
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
 * Faults of variables that are no settings: misspelt names, and values that libraries read without a useful error. The
 * gRPC library prints a header that it cannot send; the OpenTelemetry library sends no spans.
 */
export function otherVariableFaults(env: NodeJS.ProcessEnv): SettingFault[] {
  return [...unknownNames(env), ...headerFaults(env), ...addressFaults(env)];
}

/** Set variables with our prefixes that nobody reads. Most are typing errors, which would not be noticed otherwise. */
function unknownNames(env: NodeJS.ProcessEnv): SettingFault[] {
  const names = SETTINGS.flatMap(namesOf);
  return Object.keys(env)
    .filter((name) => env[name] && OURS.test(name) && !STAND_IN.test(name) && !names.includes(name))
    .sort()
    .map((name) => {
      const near = nearest(name, names);
      return {
        name,
        fault: `is unknown${near === null ? '' : ` (did you mean ${near}?)`}`,
        expected: 'a variable of docs/settings.md',
        example: near === null ? `unset ${name}` : `${near}=…`,
      };
    });
}

function headerFaults(env: NodeJS.ProcessEnv): SettingFault[] {
  return HEADERS.flatMap(({ name: pattern, expected, valuesOf }) =>
    Object.keys(env)
      .filter((name) => pattern.test(name))
      .sort()
      .flatMap((name) => {
        const fault = valuesOf(env[name] ?? '')
          .map(readHeaderValue)
          .find((read) => read instanceof Fault);
        if (fault === undefined) return [];
        return [{ name, fault: `the value ${fault.text}`, expected, example: `${name}=…` }];
      }),
  );
}

function addressFaults({ TEMPORAL_ADDRESS: address = '' }: NodeJS.ProcessEnv): SettingFault[] {
  const read = address === '' ? null : temporalAddress.read(address);
  if (!(read instanceof Fault)) return [];
  return [
    {
      name: 'TEMPORAL_ADDRESS',
      // the text before an @ may be a secret, so the value is not quoted
      fault: `the value ${read.text}`,
      expected: temporalAddress.expected,
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
