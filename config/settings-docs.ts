import { namesOf, type Setting } from './setting.ts';
import { SECTIONS } from './settings.ts';

/** Width of a line of prose in the generated files. */
const COLUMNS = 116;

/** The generated part of `docs/settings.md`: a list for each section. */
export function settingsPage(): string {
  return SECTIONS.map(
    ({ title, settings }) => `## ${title}\n\n${Object.values(settings).map(item).join('')}`,
  ).join('\n');
}

function item(setting: Setting): string {
  const { defaultText, range, need, example } = setting;
  const [variable = '', ...others] = namesOf(setting).map(code);
  return wrapped(
    [
      `- **${variable}**`,
      defaultText ? ` = ${code(defaultText)}` : '',
      range === undefined ? '' : ` (${range})`,
      need === undefined ? '' : ` (${need})`,
      `: ${meaning(setting)}.`,
      example !== '' && example !== defaultText ? ` Example: ${code(example)}.` : '',
      ...others.map((name) => ` Also as ${name}.`),
    ].join(''),
    '  ',
  );
}

/** `.env.example`: every variable with its default; those that are needed are lines to fill in. */
export function envExample(): string {
  return `${ENV_HEAD}\n${SECTIONS.map(
    ({ title, settings }) =>
      `# ---- ${title} ----\n\n${Object.values(settings).map(envLines).join('\n')}`,
  ).join('\n')}`;
}

function envLines(setting: Setting): string {
  const { variable, range, example, defaultText, need, isVerbatim } = setting;
  const isNeeded = need?.startsWith('needed') ?? false;
  const sentence = `${meaning(setting)}${range === undefined ? '' : ` (${range})`}.`;
  const text = sentence.charAt(0).toUpperCase() + sentence.slice(1).replaceAll('`', '');
  const [, ...others] = namesOf(setting);
  const value = defaultText ?? (isNeeded && isVerbatim ? "''" : '');
  return [
    wrapped(`# ${text}`, '# '),
    ...(example === '' || example === defaultText ? [] : [`# For example ${example}\n`]),
    `${isNeeded ? '' : '#'}${variable}=${value}\n`,
    ...others.map((name) => `#${name}=\n`),
  ].join('');
}

const ENV_HEAD = `# Settings of tcsync. Copy this file to .env (which git ignores) and fill in the lines without a "#" in front;
# the others show what applies if they are missing. An empty variable is unset. \`npm run docs\` writes this file.
#
# Secrets are taken as they are: nothing in them is trimmed, expanded or unescaped. In this file put them
#   - in single quotes, which keep  $  %  "  \\  =  #  and blanks at the end:   TC_SECRET_KEY='s3cr3t$%"\\=#'
#   - in backticks, if they hold a single quote:                             TC_SECRET_KEY=\`it's\`
#   - or in a file of their own, for example if they hold both: put its path into the variable with _FILE at
#     the end of its name. One line break at the end of that file is not part of the secret.
#
# Durations have a unit: 500ms, 60s, 5m, 2h, 1d. Sizes: 4096, 64KiB, 128MiB, 1GiB. Lists: with commas.
# Temporal's own settings (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and others) go here too.
`;

function meaning({ meaning, isPending }: Setting): string {
  return isPending ? `${meaning} (not in effect yet)` : meaning;
}

/**
 * Wraps a text into lines of at most `COLUMNS`. A longer word stays whole.
 *
 * @param indent before each line but the first
 */
export function wrapped(text: string, indent = ''): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return `${lines.join('\n')}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}
