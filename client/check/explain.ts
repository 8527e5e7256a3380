import type { Client } from '@elastic/elasticsearch';
import { addressOf } from '../../activities/elasticsearch/server-info.ts';
import type { Config } from '../../config/config.ts';
import { CommandError } from '../exit-code.ts';
import { failedBy, isRefusal } from './advice.ts';
import { answers } from './answer.ts';
import { sinkAnswers } from './check-elasticsearch.ts';
import type { Outcome } from './step.ts';

/** Words an error of ThreatConnect or Elasticsearch as `tcsync check` does; returns any other error as it is. */
export function explain(
  error: unknown,
  { config, sink, tookMs }: { config: Config; sink: Client; tookMs: number },
): unknown {
  if (!(error instanceof Error)) return error;
  const [, edge] = /^(Source|Sink)\w+Error$/.exec(error.name) ?? [];
  if (edge === undefined) return error;
  // the likely causes in its message take earlier answers into account
  if (isRefusal(error)) return toCommandError(failedBy(error, ''));
  const reached =
    edge === 'Source'
      ? answers(config.source, { owners: null, error, tookMs })
      : sinkAnswers(addressOf(sink), config.sink, { error, tookMs });
  return toCommandError(reached.state === 'failed' ? reached : failedBy(error, ''));
}

function toCommandError({ detail, remedy }: Outcome): CommandError {
  return new CommandError(`${detail}\n${remedy}`);
}
