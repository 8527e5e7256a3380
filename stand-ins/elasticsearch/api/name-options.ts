import { illegalArgument } from '../errors.ts';
import { type Parameters } from '../http/parameters.ts';
import { type NameOptions } from '../state/names.ts';

export const NAME_PARAMETERS = ['allow_no_indices', 'expand_wildcards', 'ignore_unavailable'];

export function toNameOptions(
  parameters: Parameters,
  defaults: Partial<NameOptions> = {},
): NameOptions {
  const expand = parameters.list('expand_wildcards');
  const wrong = expand?.find((word) => !['all', 'hidden', 'open'].includes(word));
  if (wrong !== undefined) throw illegalArgument(`No valid expand wildcard value [${wrong}]`);
  return {
    ignoreUnavailable: parameters.flag('ignore_unavailable', defaults.ignoreUnavailable ?? false),
    allowNoIndices: parameters.flag('allow_no_indices', defaults.allowNoIndices ?? true),
    hidden: expand?.some((word) => word !== 'open') ?? defaults.hidden ?? false,
    streams: defaults.streams ?? true,
  };
}
