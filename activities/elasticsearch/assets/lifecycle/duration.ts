const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  micros: 0.001,
  nanos: 0.000_001,
};

/** A time as Elasticsearch writes it: `1d`, `1.5h`, `2.33m`. */
export function durationMs(text: string): number {
  const [, number, unit = ''] = /^(-?[\d.]+)([a-z]+)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined) throw new Error(`not a time of Elasticsearch: ${text}`);
  return Number(number) * unitMs;
}
