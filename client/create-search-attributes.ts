import { isGrpcServiceError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { temporalCommand } from '../contracts/temporal-command.ts';
import { FEED, NAMESPACE, STATE } from '../contracts/search-attributes.ts';
import { readBack } from './read-back.ts';
import { placeOf, type Session } from './session.ts';

/**
 * `IndexedValueType`: names by number. The client does not export the enum.
 * @see temporal/api/enums/v1/common.proto
 */
const TYPES = [
  'Unspecified',
  'Text',
  'Keyword',
  'Int',
  'Double',
  'Bool',
  'Datetime',
  'KeywordList',
] as const;
const KEYWORD = TYPES.indexOf('Keyword');

/** gRPC's codes. @see https://grpc.io/docs/guides/status-codes/ */
const ALREADY_EXISTS = 6;
/** `PERMISSION_DENIED`, `UNIMPLEMENTED` */
const REFUSED = new Set([7, 12]);

const NAMES = [NAMESPACE.name, FEED.name, STATE.name];

export type SearchAttributeReport = {
  searchAttribute: string;
  state: 'ok' | 'created' | 'missing' | 'blocked';
  detail: string | null;
};

/** Type of each attribute that the namespace has, as a number; `null` where the account may not ask. */
type Registered = ReadonlyMap<string, number> | null;

/**
 * Registers what runs are found by, and reads back what came of it. Each is asked for alone: a namespace may have room
 * for some of them. Runs go on without what is blocked.
 */
export async function applySearchAttributes(
  session: Session,
  dryRun: boolean,
): Promise<SearchAttributeReport[]> {
  const before = await registered(session);
  const missing = NAMES.filter((name) => before?.has(name) !== true);
  const refusals = new Map<string, string>();
  for (const name of dryRun ? [] : missing) {
    const refusal = await register(session, name);
    if (refusal !== null) refusals.set(name, refusal);
  }
  const asked = dryRun ? [] : missing.filter((name) => !refusals.has(name));
  const after =
    asked.length === 0
      ? before
      : await readBack(
          () => registered(session),
          (seen) => asked.every((name) => seen?.has(name)),
        );
  return NAMES.map((searchAttribute) => {
    const report = (state: SearchAttributeReport['state'], detail: string | null = null) => {
      return { searchAttribute, state, detail };
    };
    const type = after?.get(searchAttribute);
    if (type !== undefined && type !== KEYWORD) {
      return report('blocked', takenBy(session, searchAttribute, TYPES[type] ?? `type ${type}`));
    }
    if (type === KEYWORD) return report(missing.includes(searchAttribute) ? 'created' : 'ok');
    if (dryRun) return report('missing');
    const words = `operator search-attribute create --name ${searchAttribute} --type Keyword`;
    const command = temporalCommand(words, placeOf(session));
    const refusal = refusals.get(searchAttribute);
    return report(
      'blocked',
      refusal === undefined
        ? `Temporal took it, but does not know it yet: apply again, or: ${command}`
        : `${refusal}; when there is a way: ${command}`,
    );
  });
}

/** What a run is started with, so that it is found by it: as many of the names as the server knows. */
export async function searchAttributesOf(
  session: Session,
  feed: string,
): Promise<{ typedSearchAttributes?: TypedSearchAttributes }> {
  const types = await registered(session);
  const pairs = [
    { key: NAMESPACE, value: session.config.program.namespace },
    { key: FEED, value: feed },
    { key: STATE, value: 'running' },
  ].filter(({ key }) => types?.get(key.name) === KEYWORD);
  return pairs.length === 0 ? {} : { typedSearchAttributes: new TypedSearchAttributes(pairs) };
}

/** The server answers ok to an attribute that exists, whatever its type. @see temporalio/temporal#8631 */
function takenBy(session: Session, name: string, type: string): string {
  const words = `operator search-attribute remove --name ${name}`;
  return (
    `exists as ${type}, and runs are not found by it; if nobody else uses it: ` +
    `${temporalCommand(words, placeOf(session))}, then apply again`
  );
}

async function registered({ connection, temporal }: Session): Promise<Registered> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: temporal.options.namespace,
    });
    return new Map(Object.entries(customAttributes ?? {}));
  } catch (error) {
    if (isGrpcServiceError(error) && REFUSED.has(error.code)) return null;
    throw error;
  }
}

/** @returns why it was refused, without a full stop; `null`: it was not */
async function register({ connection, temporal }: Session, name: string): Promise<string | null> {
  try {
    await connection.operatorService.addSearchAttributes({
      namespace: temporal.options.namespace,
      searchAttributes: Object.fromEntries([[name, KEYWORD]]),
    });
    return null;
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const { code }: { code: number } = error;
    return code === ALREADY_EXISTS ? null : error.details.trim().replace(/\.$/, '');
  }
}
