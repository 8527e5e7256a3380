export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}
