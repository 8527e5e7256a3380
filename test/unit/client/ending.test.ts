import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { SinkUnavailableError } from '../../../contracts/errors.ts';
import { toEnding } from '../../../client/ending.ts';
import { CommandError, EXIT } from '../../../client/exit-code.ts';
import { ConfigError } from '../../../config/fault.ts';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  syscall: 'write',
});

for (const [what, error, exitCode, sentence] of [
  ['help', new CommanderError(0, 'commander.help', '(help)'), EXIT.ok, null],
  [
    'an unknown option',
    new CommanderError(1, 'commander.unknownOption', 'error'),
    EXIT.usage,
    null,
  ],
  ['a faulty setting', new ConfigError([]), EXIT.usage, 'the configuration has 0 faults'],
  ['its result', new CommandError('no', EXIT.attention), EXIT.attention, 'no'],
  [
    'a sink that is away',
    new SinkUnavailableError('GET /: refused'),
    EXIT.failed,
    'GET /: refused',
  ],
  ['a full disk', full, EXIT.failed, 'ENOSPC: no space left on device, write'],
] as const) {
  test(`a command that ends with ${what} says it in one sentence and ends with ${exitCode}`, () => {
    assert.deepEqual(toEnding(error), { exitCode, sentence });
  });
}

for (const error of [
  new TypeError('x is not\n  a function'),
  'a text',
  null,
  new DOMException('The operation was aborted', 'TimeoutError'),
]) {
  test(`a command that throws ${String(error)} prints one line and no stack, and ends with 1`, () => {
    const { sentence, exitCode } = toEnding(error);
    assert.equal(exitCode, EXIT.failed);
    assert.match(sentence ?? '', /^[^\n]+$/);
    assert.doesNotMatch(sentence ?? '', /\.ts:\d/);
  });
}
