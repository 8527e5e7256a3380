const BARS = '▁▂▃▄▅▆▇█';

/** One character per value, the highest for the largest value; `·` for 0. At most `columns`: neighbours are averaged. */
export function sparkline(values: readonly number[], columns: number): string {
  const size = Math.max(1, Math.ceil(values.length / columns));
  const averages: number[] = [];
  for (let at = 0; at < values.length; at += size) {
    const group = values.slice(at, at + size);
    averages.push(group.reduce((sum, value) => sum + value, 0) / group.length);
  }
  const most = Math.max(...averages, 0);
  return averages
    .map((value) => (value <= 0 ? '·' : (BARS[Math.ceil((value / most) * BARS.length) - 1] ?? '·')))
    .join('');
}
