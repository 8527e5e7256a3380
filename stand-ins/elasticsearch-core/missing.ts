import { spawnSync } from 'node:child_process';

const JAVA = 17;

/** A sentence with the tools that the core needs and this machine lacks; `null` if it can run. */
export function whatIsMissing(): string | null {
  const lacks = [
    ...['java', 'javac'].flatMap((name) => {
      const [, major] = /(?:version "|javac )(\d+)/.exec(outputOf(name, '-version') ?? '') ?? [];
      if (Number(major) === JAVA) return [];
      return [
        major === undefined ? `\`${name}\` of a JDK ${JAVA}` : `JDK ${JAVA} (${name} is ${major})`,
      ];
    }),
    ...(outputOf('mvn', '--version') === null ? ['Maven (`mvn`)'] : []),
  ];
  return lacks.length === 0
    ? null
    : `the Elasticsearch core needs a JDK ${JAVA} and Maven on the PATH; missing: ${lacks.join(', ')}`;
}

function outputOf(command: string, option: string): string | null {
  const { status, stdout, stderr } = spawnSync(command, [option], { encoding: 'utf8' });
  return status === 0 ? stdout + stderr : null;
}
