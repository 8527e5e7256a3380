import { loadClientConnectConfig } from '@temporalio/envconfig';
import { temporalAddress } from './address-kinds.ts';
import { ConfigError, Fault, type SettingFault } from './fault.ts';
import { readHeaderValue } from './header-value.ts';

/** The default of Temporal's own tools. */
const DEFAULT_ADDRESS = 'localhost:7233';

/**
 * The connection to Temporal, from the same sources as its own tools: `TEMPORAL_…` and the file in
 * `TEMPORAL_CONFIG_FILE`.
 */
export type TemporalConfig = {
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'] & {
    readonly address: string;
  };
  /** Temporal's, not the data stream's. */
  readonly namespace: string;
};

/**
 * @throws {ConfigError} if an address, a namespace or a header is malformed, or if a certificate, the file or a profile
 *   in it cannot be read. The library's message is not repeated, because it quotes the file and may hold the API key
 */
export function loadTemporal(env: NodeJS.ProcessEnv): TemporalConfig {
  // an empty variable is unset, except for that of a header, which removes the header of the file
  const set = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined && (entry[1] !== '' || entry[0].startsWith(META));
  });
  let config: ReturnType<typeof loadClientConnectConfig>;
  try {
    config = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) });
  } catch (error) {
    const fault = reasonOf(error);
    // the message has the path that could not be read, but not the variable that holds the path
    const named = set.find(([name, value]) => {
      return name.startsWith('TEMPORAL_') && value !== '' && fault.includes(value);
    });
    throw new ConfigError([toFault(named?.[0] ?? (env[FILE] ? FILE : 'TEMPORAL_…'), fault)]);
  }
  const { connectionOptions, namespace = 'default' } = config;
  const { address = DEFAULT_ADDRESS } = connectionOptions;
  const faults = valueFaults({ ...connectionOptions, address }, namespace, env);
  if (faults.length > 0) throw new ConfigError(faults);
  return { connectionOptions: { ...connectionOptions, address }, namespace };
}

/** Like `loadTemporal`, for callers that report all faults together. */
export function temporalFaults(env: NodeJS.ProcessEnv): readonly SettingFault[] {
  try {
    loadTemporal(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** If no variable sets a value, it comes from the file. */
function valueFaults(
  { address, apiKey, metadata = {} }: TemporalConfig['connectionOptions'],
  namespace: string,
  env: NodeJS.ProcessEnv,
): SettingFault[] {
  const read: [key: string, variable: string, read: string | Fault][] = [
    ['address', 'TEMPORAL_ADDRESS', temporalAddress.read(address)],
    ['namespace', 'TEMPORAL_NAMESPACE', readHeaderValue(namespace)],
  ];
  if (typeof apiKey === 'string') {
    read.push(['api_key', 'TEMPORAL_API_KEY', readHeaderValue(apiKey)]);
  }
  for (const [name, value] of Object.entries(metadata)) {
    const variable = `${META}${name.toUpperCase().replaceAll('-', '_')}`;
    if (typeof value === 'string') {
      read.push([`grpc_meta.${name}`, variable, readHeaderValue(value)]);
    }
  }
  const { [FILE]: file = 'temporal.toml', TEMPORAL_PROFILE: profile = 'default' } = env;
  return read.flatMap(([key, variable, value]) => {
    if (!(value instanceof Fault)) return [];
    return env[variable]
      ? [toFault(variable, `the value ${value.text}`)]
      : [toFault(`${file}: profile.${profile}`, `${key} ${value.text}`)];
  });
}

const FILE = 'TEMPORAL_CONFIG_FILE';
const META = 'TEMPORAL_GRPC_META_';

function toFault(name: string, fault: string): SettingFault {
  return {
    name,
    fault,
    expected: 'values as in docs.temporal.io, environment configuration',
    example: `TEMPORAL_ADDRESS=${DEFAULT_ADDRESS}`,
  };
}

/** Only the first line: the others quote the file. */
function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}
