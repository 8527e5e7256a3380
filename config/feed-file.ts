import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { quoted, type SettingFault } from './fault.ts';
import { FeedFile, KEYS, type FeedEntry } from './feed-entry.ts';
import { nearest } from './nearest.ts';

type Path = readonly PropertyKey[];
type FaultAt = { path: Path; fault: string };

/**
 * Reads `tcsync.yaml`.
 *
 * @param label how faults name the file
 * @returns every fault with its line; without faults the entries
 */
export function parseFeedFile(
  source: string,
  label: string,
): { entries: FeedEntry[]; faults: SettingFault[] } {
  const lines = new LineCounter();
  // the library's own messages quote the file, so only their codes are used
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map(({ code, pos: [offset] }) =>
    settingFault(label, [], notYaml(code), lines.linePos(offset).line),
  );
  if (broken.length > 0) return { entries: [], faults: broken };

  const content = toPlain(document);
  const parsed = FeedFile.safeParse(content);
  const found = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => faultsOf(issue, content)),
    ...repeatedNames(content),
    ...schedules(content),
  ];
  const faults = found
    .map(({ path, fault }) => ({ path, fault, line: lineOf(document, lines, path) }))
    .sort((one, other) => one.line - other.line)
    .map(({ path, fault, line }) => settingFault(label, path, fault, line));
  return { entries: parsed.data?.feeds ?? [], faults };
}

function notYaml(code: string): string {
  return `is not YAML: ${code.toLowerCase().replaceAll('_', ' ')}`;
}

/** `null` if the aliases of the file are a bomb or lead nowhere. */
function toPlain(document: Document): unknown {
  try {
    return document.toJS();
  } catch {
    return null;
  }
}

function faultsOf(issue: z.core.$ZodIssue, content: unknown): FaultAt[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, [...KEYS.keys()]);
      const hint = near === null ? '' : ` (did you mean ${near}?)`;
      return { path: [...issue.path, key], fault: `is unknown${hint}` };
    });
  }
  const value = valueAt(content, issue.path);
  if (value === undefined) return [{ path: issue.path, fault: 'missing' }];
  // a file that is only one scalar is the wrong file, perhaps that of a secret
  const isQuotable = typeof value !== 'object' && issue.path.length > 0;
  const subject = isQuotable ? `${quotedScalar(value)} ` : '';
  return [{ path: issue.path, fault: subject + issue.message }];
}

function repeatedNames(content: unknown): FaultAt[] {
  const feeds = valueAt(content, ['feeds']);
  const names = Array.isArray(feeds) ? feeds.map((_, index) => nameOf(content, index)) : [];
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    return name === undefined || first === index
      ? []
      : [{ path: ['feeds', index, 'name'], fault: `is also the name of feeds[${first}]` }];
  });
}

/** Keys that are each valid, but not together. */
function schedules(content: unknown): FaultAt[] {
  const feeds = valueAt(content, ['feeds']);
  return (Array.isArray(feeds) ? feeds : []).flatMap((_, index) => {
    const has = (key: string) => valueAt(content, ['feeds', index, key]) !== undefined;
    const path = (key: string) => ['feeds', index, key];
    if (has('every') && has('cron')) {
      return [{ path: path('cron'), fault: 'is set together with every: only one is possible' }];
    }
    return has('timezone') && !has('cron')
      ? [{ path: path('timezone'), fault: 'has no effect without cron' }]
      : [];
  });
}

function nameOf(content: unknown, index: number): string | undefined {
  const name = valueAt(content, ['feeds', index, 'name']);
  return typeof name === 'string' ? name : undefined;
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined,
    content,
  );
}

function settingFault(label: string, path: Path, fault: string, line: number): SettingFault {
  const place = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
  const key = path.findLast((step) => KEYS.has(String(step)));
  const { expected, example } = KEYS.get(String(key ?? 'feeds')) ?? { expected: '', example: '' };
  return {
    name: place === '' ? label : `${label}: ${place}`,
    fault: `${fault} (line ${line})`,
    expected,
    example,
  };
}

/** Line of the key; if the file does not have it, line of the nearest parent. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const step = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === step)
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** A text in quotes; a number or a boolean without, so that the wrong type is visible. */
function quotedScalar(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}
