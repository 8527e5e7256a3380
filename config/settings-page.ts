import { GROUPS } from './groups.ts';
import type { Variable } from './setting.ts';

/** The README's table of variables, in Markdown: a heading and a table for each group. */
export function configTable(): string {
  return GROUPS.map(({ title, variables }) =>
    [
      `### ${title}`,
      '',
      '| Variable | Meaning | Default | Required |',
      '| --- | --- | --- | --- |',
      ...[...variables].map(([name, variable]) => row(name, variable)),
      '',
    ].join('\n'),
  ).join('\n');
}

function row(name: string, variable: Variable): string {
  const { alias, file } = variable;
  const names = [name, file === 'also' && `${name}_FILE`, alias].filter(isText);
  const cells = [
    names.map(code).join(', '),
    meaning(variable),
    variable.defaultText ? code(variable.defaultText) : '',
    variable.required,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function meaning({ meaning, range, pending }: Variable): string {
  return [meaning, range && `(${range})`, pending && '(not in effect yet)']
    .filter(isText)
    .join(' ');
}

function code(text: string): string {
  return `\`${text}\``;
}
