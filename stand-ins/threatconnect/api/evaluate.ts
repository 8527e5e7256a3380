import type { IncomingMessage } from 'node:http';
import { ApiError, codeForStatus, errorBody } from '../api-error.ts';
import { authenticate } from '../credentials.ts';
import type { Fault, LoggedKind } from '../faults.ts';
import { allPairs, hasRawCharacters, parseTarget } from '../parameters.ts';
import type { Simulator } from '../simulator.ts';
import type { Switches } from '../switches.ts';
import { html, json, type Answer } from './answer.ts';
import { chargeFor, tqlTimeout } from './cost.ts';
import { pause } from './pause.ts';
import { routeOf, segmentsOf, type Route } from './routes.ts';

/** An answer, and the kind of request that it is counted under. */
export interface Outcome {
  kind: LoggedKind;
  answer: Answer;
  /** The fault that changes the answer while it is sent; `null` if there is none. */
  fault: Fault | null;
}

/**
 * Answers a request under `/api`.
 *
 *   raw target ─► container's check ─► signature ─► fault ─► (held, delayed) ─► evaluated ─► scripts ─► (charged)
 *
 * Nothing is awaited between evaluation and scripts, so no other request sees a state in between.
 *
 * @param gone is aborted when the client has closed the connection
 */
export async function evaluate(
  simulator: Simulator,
  request: IncomingMessage,
  body: string,
  gone: AbortSignal,
): Promise<Outcome> {
  const { method = 'GET', url: rawTarget = '/', headers } = request;
  if (hasRawCharacters(rawTarget)) {
    return { kind: 'other', answer: html(400, 'HTTP Status 400 – Bad Request'), fault: null };
  }
  const { clock, credentials, switches, faults, users, late } = simulator;
  if (rawTarget.length > switches.maxTarget) {
    return { kind: 'other', answer: html(414, 'HTTP Status 414 – URI Too Long'), fault: null };
  }
  const target = parseTarget(rawTarget);
  let route: Route;
  let pairs;
  let user;
  try {
    const signed = { method, target: rawTarget, headers };
    const known = { credentials, users };
    user = authenticate(signed, known, clock.nowMs(), switches.unknownAccessIdStatus);
    pairs = allPairs(target, switches.getBody === 'read' ? body : '');
    route = routeOf(method, segmentsOf(target.path, simulator.site), pairs);
  } catch (error) {
    const kind = error instanceof ApiError && error.status !== 400 ? 'rejectedAuth' : 'other';
    return { kind, answer: toErrorAnswer(error), fault: null };
  }

  const fault = faults.take(route.kind);
  if (fault?.kind === 'hold') await faults.hold(gone);
  const isList = route.kind === 'page' || route.kind === 'related';
  if (isList) await pause(switches.pageDelayMs, gone);
  const replaced = fault === null ? null : replacementFor(fault, switches);
  if (replaced !== null) return { kind: route.kind, answer: replaced, fault };

  const origin = switches.nextOrigin ?? `${simulator.site.scheme}://${headers.host ?? 'localhost'}`;
  late.settle(clock.nowMs());
  const asked = {
    segments: segmentsOf(target.path, simulator.site) ?? [],
    pairs,
    base: origin + target.path,
    disorder: fault?.kind === 'disorder',
  };
  const evaluated = users.as(user, simulator.store.owners, () => {
    return tryHandle(route, simulator, asked);
  });
  if (evaluated.spoilt !== undefined) return spoil(simulator, route, evaluated, gone);
  const { answer, delayMs } = chargeFor(evaluated, switches);
  const whole = fault?.kind !== 'cut' && !gone.aborted;
  if (route.isPage && answer.status === 200 && whole) {
    simulator.counters.pageAnswered();
    simulator.scripts.pageAnswered();
  }
  await pause(delayMs, gone);
  return { kind: route.kind, answer, fault };
}

/** Makes the answer fail because of a record in it. A held answer is reset when it is released. */
async function spoil(
  { faults, switches }: Simulator,
  { kind }: Route,
  { spoilt }: Answer,
  gone: AbortSignal,
): Promise<Outcome> {
  if (spoilt?.kind === 'hold') await faults.hold(gone);
  const fault: Fault = spoilt === undefined || spoilt.kind === 'hold' ? { kind: 'reset' } : spoilt;
  return { kind, answer: replacementFor(fault, switches) ?? json(0, ''), fault };
}

function tryHandle(
  route: Route,
  simulator: Simulator,
  request: Parameters<Route['handle']>[1],
): Answer {
  try {
    return route.handle(simulator, request);
  } catch (error) {
    return toErrorAnswer(error);
  }
}

/** The answer that a fault gives instead of the true one; `null` if the fault does not replace the answer. */
function replacementFor(fault: Fault, { tqlTimeoutStatus }: Readonly<Switches>): Answer | null {
  switch (fault.kind) {
    case 'status': {
      const { status, contentType, headers } = fault;
      return { status, contentType, headers, body: Buffer.from(fault.body), records: 0 };
    }
    case 'html200':
      return html(200, 'Log in to continue');
    case 'statusError':
      return json(200, errorBody(codeForStatus(500), 'The request could not be completed'));
    case 'notJson':
      return json(200, '{"data":[{"id":');
    case 'notLicensed':
      return json(503, errorBody(codeForStatus(503), NOT_LICENSED));
    case 'tqlTimeout':
      return tqlTimeout(tqlTimeoutStatus);
    case 'drip':
      return json(200, ' ');
    case 'reset':
      return json(0, '');
    default:
      return null;
  }
}

/** @see the response classes of the vendor's Java SDK */
const NOT_LICENSED =
  'API access has not been licensed for this system, please contact sales@threatconnect.com';

function toErrorAnswer(error: unknown): Answer {
  if (error instanceof ApiError) return json(error.status, error.body);
  // a bug in this server: the answer shows it, because nothing else would
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return json(500, errorBody(codeForStatus(500), reason));
}
