/** One bad or missing setting. Never holds the value of a secret. */
export type Fault = {
  /** The variable, or `tcsync.yaml: feeds[1].types`. */
  name: string;
  problem: string;
  expected: string;
  /** What a right line looks like, such as `TC_PAGE_SIZE=2000`. */
  example: string;
};

/** All that is wrong with the configuration, one line a fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** As the README says. */
  readonly exitCode = 2;
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super([`the configuration has ${count}`, ...faults.map(line)].join('\n'));
    this.faults = faults;
  }
}

function line({ name, problem, expected, example }: Fault): string {
  return `  ${name}: ${problem}; expected ${expected}; example: ${example}`;
}
