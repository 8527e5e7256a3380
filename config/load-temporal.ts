import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ConfigError, Fault } from './fault.ts';
import { readHeaderValue } from './header-value.ts';

/** Where Temporal's own tools look where nothing is set. */
const DEFAULT_ADDRESS = 'localhost:7233';

/** How Temporal is reached, as its own tools read it: `TEMPORAL_…` and the file that `TEMPORAL_CONFIG_FILE` names. */
export type TemporalConfig = {
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'] & {
    readonly address: string;
  };
  /** Temporal's, not the data stream's. */
  readonly namespace: string;
};

/**
 * @throws {ConfigError} where a certificate, the file or a profile in it cannot be read; in words of its own: those of
 *   the library quote the file, in which the API key may stand
 */
export function loadTemporal(env: NodeJS.ProcessEnv): TemporalConfig {
  const set = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  let config: ReturnType<typeof loadClientConnectConfig>;
  try {
    config = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) });
  } catch (error) {
    const fault = reasonOf(error);
    // it says what it could not read, not which variable named it
    const named = set.find(([name, value]) => {
      return name.startsWith('TEMPORAL_') && value !== '' && fault.includes(value);
    });
    throw faulty(fault, named?.[0]);
  }
  const { connectionOptions, namespace = 'default' } = config;
  const { apiKey, address = DEFAULT_ADDRESS } = connectionOptions;
  const read = typeof apiKey === 'string' ? readHeaderValue(apiKey) : null;
  if (read instanceof Fault) throw faulty(`api_key ${read.text}`);
  return { connectionOptions: { ...connectionOptions, address }, namespace };
}

function faulty(fault: string, name = 'TEMPORAL_…'): ConfigError {
  return new ConfigError([
    {
      name,
      fault,
      expected: 'what docs.temporal.io says of environment configuration',
      example: `TEMPORAL_ADDRESS=${DEFAULT_ADDRESS}`,
    },
  ]);
}

/** The first line: others quote the file. */
function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}
