import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ConfigError } from './fault.ts';
import { readHeaderValue } from './header-value.ts';
import { Problem } from './problem.ts';

export type TemporalConfig = ReturnType<typeof loadClientConnectConfig>;

/**
 * Where Temporal is and who asks, from `TEMPORAL_…` and its file of profiles.
 *
 * @throws {ConfigError} in words of its own: those of the library quote the file, in which the API key may stand
 */
export function loadTemporal(env: NodeJS.ProcessEnv): TemporalConfig {
  const set = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  let config: TemporalConfig;
  try {
    config = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) });
  } catch (error) {
    throw faulty(reasonOf(error));
  }
  const { apiKey } = config.connectionOptions;
  const read = typeof apiKey === 'string' ? readHeaderValue(apiKey) : null;
  if (read instanceof Problem) throw faulty(`api_key ${read.text}`);
  return config;
}

function faulty(problem: string): ConfigError {
  return new ConfigError([
    {
      name: 'TEMPORAL_…',
      problem,
      expected: 'what docs.temporal.io says of environment configuration',
      example: 'TEMPORAL_ADDRESS=localhost:7233',
    },
  ]);
}

/** The first line: others quote the file. */
function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}
