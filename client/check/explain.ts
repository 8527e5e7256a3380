import type { Client } from '@elastic/elasticsearch';
import { addressOf } from '../../activities/elasticsearch/server-info.ts';
import type { Config } from '../../config/config.ts';
import { CommandError } from '../exit-code.ts';
import { failedBy, isRefusal } from './advice.ts';
import { answers } from './answer.ts';
import { sinkAnswers } from './check-elasticsearch.ts';
import type { Outcome } from './step.ts';

/** An error of one of the two edges as `tcsync check` would put it; any other one as it is. */
export function explain(
  error: unknown,
  { config, sink, tookMs }: { config: Config; sink: Client; tookMs: number },
): unknown {
  if (!(error instanceof Error)) return error;
  const [, edge] = /^(Source|Sink)\w+Error$/.exec(error.name) ?? [];
  if (edge === undefined) return error;
  // its causes are told by what was answered before
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
