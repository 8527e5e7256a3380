export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 document`, `1,500 documents` */
export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `65 s`, `3 min`, `5 h`, `12 days` */
export function age(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${number(Math.round(seconds / 86_400))} days`;
}
