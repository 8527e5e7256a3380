import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChangeError } from '../changes.ts';
import { parseTarget, type Pairs } from '../parameters.ts';
import { parseKeepingNumbers } from '../raw-json.ts';
import { applyBatch } from '../scripts.ts';
import type { Simulator } from '../simulator.ts';
import { toBatch, toScript } from './changes-input.ts';
import { toDamage } from './damages-input.ts';
import { dumpRecords, dumpTruth, toLines } from './dumps.ts';
import { toArmedFault } from './faults-input.ts';
import { ControlError } from './input.ts';
import { setClock, setCredentials, setOwners, setSwitches } from './settings-input.ts';

interface ControlRequest {
  pairs: Pairs;
  /** Parsed; an empty body is `{}`. */
  body: unknown;
}

type Handler = (simulator: Simulator, request: ControlRequest) => unknown;

/** Lines of NDJSON instead of one JSON value. */
class Lines {
  readonly lines: Iterable<Buffer>;

  constructor(lines: Iterable<Buffer>) {
    this.lines = lines;
  }
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /_sim/truth': ({ store }) => new Lines(dumpTruth(store)),
  'GET /_sim/records': ({ store }, { pairs }) => new Lines(dumpRecords(store, pairs)),
  'POST /_sim/mutate': ({ store, clock }, { body }) => {
    const changed = applyBatch(store, toBatch(body), clock.nowMs());
    return { changed: changed.map(({ op, id }) => ({ op, id: String(id) })) };
  },
  'GET /_sim/script': ({ scripts }) => scripts.state(),
  'POST /_sim/script': ({ scripts }, { body }) => {
    scripts.add(toScript(body));
    return scripts.state();
  },
  'DELETE /_sim/script': ({ scripts }) => {
    scripts.clear();
    return scripts.state();
  },
  'GET /_sim/clock': ({ clock }) => clock.state(),
  'POST /_sim/clock': ({ clock }, { body }) => {
    setClock(clock, body);
    return clock.state();
  },
  'GET /_sim/faults': ({ faults }) => ({ armed: faults.armed, held: faults.held }),
  'POST /_sim/faults': ({ faults }, { body }) => {
    faults.arm(toArmedFault(body));
    return { armed: faults.armed, held: faults.held };
  },
  'DELETE /_sim/faults': ({ faults }) => {
    faults.clear();
    return { armed: faults.armed, held: faults.held };
  },
  'GET /_sim/damages': ({ damages }) => damagesOf(damages),
  'POST /_sim/damages': ({ damages, store }, { body }) => {
    const { id, damage } = toDamage(body);
    if (store.find(id) === undefined) throw new ControlError(`id ${id} does not exist`);
    damages.add(id, damage);
    return damagesOf(damages);
  },
  'DELETE /_sim/damages': ({ damages }) => {
    damages.clear();
    return damagesOf(damages);
  },
  'GET /_sim/counters': ({ counters }) => counters.state(),
  'POST /_sim/counters/reset': ({ counters }) => {
    counters.reset();
    return counters.state();
  },
  'POST /_sim/credentials': ({ credentials }, { body }) => {
    setCredentials(credentials, body);
    return { accessId: credentials.accessId };
  },
  'GET /_sim/owners': ({ store }) => ({ owners: store.owners.list }),
  'POST /_sim/owners': ({ store }, { body }) => {
    setOwners(store.owners, body);
    return { owners: store.owners.list };
  },
  'GET /_sim/switches': ({ switches }) => switches,
  'POST /_sim/switches': ({ switches }, { body }) => {
    setSwitches(switches, body);
    return switches;
  },
};

/** Answers a request under `/_sim/`: JSON in and out, without authentication; errors are `{"error":"…"}`. */
export async function control(
  simulator: Simulator,
  method: string,
  rawTarget: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  let result: unknown;
  try {
    const { path, pairs } = parseTarget(rawTarget);
    const handler = HANDLERS[`${method} ${path}`];
    if (handler === undefined) throw unknownRoute(method, path);
    if (pairs === null) throw new ControlError('the query is badly encoded');
    result = handler(simulator, { pairs, body: parseBody(body) });
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof ChangeError)) throw error;
    const status = error instanceof ControlError ? error.status : 400;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(`${JSON.stringify({ error: error.message })}\n`);
    return;
  }
  if (result instanceof Lines) {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    await pipeline(Readable.from(toLines(result.lines)), response);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(result)}\n`);
}

function damagesOf({ ids }: Simulator['damages']): { ids: string[] } {
  return { ids: ids.map(String) };
}

function parseBody(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    return parseKeepingNumbers(body);
  } catch {
    throw new ControlError('the body is not JSON', 400);
  }
}

function unknownRoute(method: string, path: string): ControlError {
  const known = Object.keys(HANDLERS).filter((route) => route.endsWith(` ${path}`));
  if (known.length > 0) return new ControlError(`${method} is not among: ${known.join(', ')}`, 405);
  return new ControlError(`no ${path}; known: ${Object.keys(HANDLERS).join(', ')}`, 404);
}
