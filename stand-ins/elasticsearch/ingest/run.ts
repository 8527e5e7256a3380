import { illegalArgument } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { endOfString } from '../json/parse.ts';
import { type Cluster } from '../state/cluster.ts';
import { missingPipeline, type Step } from './pipeline.ts';

/**
 * Runs the pipelines, in order, on a document's text and on its parsed form. The text is changed in one place only, so
 * numbers, spaces and order stay as they were sent.
 *
 * @param ids of the pipelines
 * @param text a valid JSON object
 * @param source the same, parsed; it is changed
 * @returns the new text
 * @throws {ApiError} 400 for a missing pipeline, and if a step fails
 */
export function runPipelines(
  cluster: Cluster,
  ids: readonly string[],
  text: string,
  source: JsonObject,
): string {
  const pipelines = ids.map((id) => {
    const pipeline = cluster.pipelines.get(id);
    if (pipeline === undefined) throw missingPipeline(id);
    return pipeline;
  });
  const timestamp = cluster.clock.nowNanos();
  let changed = text;
  for (const { steps } of pipelines) {
    for (const step of steps) changed = setField(changed, source, step, step.value ?? timestamp);
  }
  return changed;
}

function setField(
  text: string,
  source: JsonObject,
  { path, override }: Step,
  value: unknown,
): string {
  let object = source;
  let at = text.indexOf('{');
  for (const [depth, name] of path.entries()) {
    if (!Object.hasOwn(object, name)) {
      const isFirst = Object.keys(object).length === 0;
      const inner = path.slice(depth + 1).reduceRight((below, step) => ({ [step]: below }), value);
      object[name] = inner;
      const member = `${JSON.stringify(name)}:${JSON.stringify(inner)}${isFirst ? '' : ','}`;
      return text.slice(0, at + 1) + member + text.slice(at + 1);
    }
    const { from, to } = findMember(text, at, name);
    const known = object[name];
    if (depth === path.length - 1) {
      if (!override && known !== null) return text;
      object[name] = value;
      return text.slice(0, from) + JSON.stringify(value) + text.slice(to);
    }
    if (!isObject(known)) throw illegalArgument(`cannot set [${path.join('.')}] below [${name}]`);
    object = known;
    at = from;
  }
  return text;
}

/** Where the value of a member stands. @param at position of the object, which has the member */
function findMember(text: string, at: number, name: string): { from: number; to: number } {
  for (let next = at + 1; ;) {
    const quote = text.indexOf('"', next);
    const end = endOfString(text, quote);
    let from = text.indexOf(':', end) + 1;
    while (' \n\r\t'.includes(text.charAt(from))) from += 1;
    const to = endOfValue(text, from);
    if (JSON.parse(text.slice(quote, end)) === name) return { from, to };
    next = to;
  }
}

/** The position of the comma or bracket after a value. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') at = endOfString(text, at) - 1;
    else if (depth === 0 && ',}]'.includes(character)) return at;
    else if ('{['.includes(character)) depth += 1;
    else if ('}]'.includes(character)) depth -= 1;
  }
  return text.length;
}
