import { z } from 'zod';
import { program } from './program.ts';
import { sink } from './sink.ts';
import { source } from './source.ts';
import { variables, type Variable } from './setting.ts';

/** Every variable but those of Temporal (`TEMPORAL_…`), which `@temporalio/envconfig` reads. */
export const SourceEnv = z.object(source);
export type SourceEnv = z.infer<typeof SourceEnv>;

export const SinkEnv = z.object(sink);
export type SinkEnv = z.infer<typeof SinkEnv>;

export const ProgramEnv = z.object(program);
export type ProgramEnv = z.infer<typeof ProgramEnv>;

/** In the order in which the README shows them and faults are listed. */
export const GROUPS: readonly { title: string; variables: ReadonlyMap<string, Variable> }[] = [
  { title: 'ThreatConnect', variables: described(source) },
  { title: 'Elasticsearch', variables: described(sink) },
  { title: 'Program', variables: described(program) },
];

export const VARIABLES: ReadonlyMap<string, Variable> = described({
  ...source,
  ...sink,
  ...program,
});

/** Every name that is read from the environment: second names and those of files too. */
export const NAMES: readonly string[] = [...VARIABLES].flatMap(([name, { file, alias }]) =>
  [name, file === 'also' ? `${name}_FILE` : undefined, alias].filter((each) => each !== undefined),
);

/** A right line. That of a secret names a file, so that nobody copies it into a shell's history. */
export function exampleOf(name: string, { file, example }: Variable): string {
  return file === 'also' && example === ''
    ? `${name}_FILE=/run/secrets/${name.toLowerCase()}`
    : `${name}=${example}`;
}

function described(shape: Record<string, z.ZodType>): ReadonlyMap<string, Variable> {
  return new Map(
    Object.entries(shape).map(([name, schema]) => {
      const variable = variables.get(schema);
      if (variable === undefined) throw new TypeError(`${name} has no description`);
      return [name, variable];
    }),
  );
}
