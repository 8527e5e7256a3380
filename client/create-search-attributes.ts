import { isGrpcServiceError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { temporalCommand } from '../contracts/temporal-command.ts';
import { FEED, NAMESPACE, STATE } from '../contracts/search-attributes.ts';
import { readBack } from './read-back.ts';
import { placeOf, type Session } from './session.ts';

/**
 * Names of `IndexedValueType`, by number. The client does not export the enum.
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

/** gRPC status codes. @see https://grpc.io/docs/guides/status-codes/ */
const ALREADY_EXISTS = 6;
/** `PERMISSION_DENIED`, `UNIMPLEMENTED` */
const REFUSED = new Set([7, 12]);

const NAMES = [NAMESPACE.name, FEED.name, STATE.name];

export type SearchAttributeReport = {
  searchAttribute: string;
  state: 'ok' | 'created' | 'missing' | 'blocked';
  detail: string | null;
};

/** Type of each search attribute of the namespace, as a number; `null` if the account may not list them. */
type Registered = ReadonlyMap<string, number> | null;

/**
 * Registers the search attributes by which people find runs, and reads back the result. Sends one request for each
 * attribute, because a namespace may have room for only some of them. Runs work without a blocked attribute.
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
        ? `Temporal accepted it, but does not show it yet: apply again, or run: ${command}`
        : `${refusal}; after you have corrected that: ${command}`,
    );
  });
}

/** The search attributes to start a run with. Leaves out those that the server does not know. */
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

/** The server answers OK also if the attribute exists with another type. @see temporalio/temporal#8631 */
function takenBy(session: Session, name: string, type: string): string {
  const words = `operator search-attribute remove --name ${name}`;
  return (
    `exists as ${type}, so runs cannot be found by it; if nobody else uses it: ` +
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

/** @returns why it was refused, without a full stop; `null` if it was not refused */
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
