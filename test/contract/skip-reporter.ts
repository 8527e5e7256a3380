import { lackedCapabilities, skipText } from './capabilities.ts';

interface Event {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
  };
}

/**
 * Prints at the end which tests were skipped, and why. A test that is skipped for another reason than a named gap of
 * the server, or is still to be written, fails the run.
 */
async function* reportSkips(source: AsyncIterable<Event>): AsyncGenerator<string> {
  const allowed = new Map(lackedCapabilities().map((name) => [skipText(name), [] as string[]]));
  const others: string[] = [];
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name = '', skip, todo } = data;
    if (skip !== undefined && skip !== false) {
      const list = typeof skip === 'string' ? allowed.get(skip) : undefined;
      if (list === undefined) others.push(`${name} (skipped: ${String(skip)})`);
      else list.push(name);
    }
    if (todo !== undefined && todo !== false) others.push(`${name} (todo)`);
  }
  const server = process.env['ES_URL'] ?? 'the stand-in';
  yield `\ncontract suite against ${server}\n`;
  for (const [reason, names] of allowed) {
    yield `skipped, ${reason}\n${names.map((name) => `  - ${name}\n`).join('') || '  (no test)\n'}`;
  }
  if (others.length > 0) {
    process.exitCode = 1;
    yield `FAILED: skipped without a named capability\n${others.map((one) => `  - ${one}\n`).join('')}`;
  }
}

// oxlint-disable-next-line import/no-default-export -- `--test-reporter` needs it
export default reportSkips;
