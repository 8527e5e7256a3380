/** Where Temporal's own command is to act. */
export type TemporalPlace = {
  namespace: string;
  /** `null`: not known. */
  address: string | null;
};

/**
 * A line for a person to run. It says where, as that command does not read `.env`: it would act on the namespace
 * `default` of this machine.
 *
 * @param words `operator namespace create`
 */
export function temporalCommand(words: string, { namespace, address }: TemporalPlace): string {
  const place = address === null ? '' : ` --address ${address}`;
  return `temporal ${words} --namespace ${forShell(namespace)}${place}`;
}

function forShell(text: string): string {
  return /^[\w.@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
