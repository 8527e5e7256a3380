/** Numbers and times as people read them. */

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 page`, `2,000 pages` */
export function counted(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** About how long: `90 s`, `45 min`, `2 h 5 min`, `3 days` */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return counted(Math.round(minutes / 1_440), 'day');
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
