import { isGrpcServiceError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { FEED, NAMESPACE, STATE } from '../contracts/search-attributes.ts';
import { readBack } from './read-back.ts';
import type { Session } from './session.ts';

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

/** Registers what runs are found by, and reads back what came of it. Runs go on without what is blocked. */
export async function applySearchAttributes(
  session: Session,
  dryRun: boolean,
): Promise<SearchAttributeReport[]> {
  const before = await registered(session);
  const missing = NAMES.filter((name) => before?.has(name) !== true);
  const refusal = missing.length === 0 || dryRun ? null : await register(session, missing);
  const after =
    missing.length === 0 || dryRun || refusal !== null
      ? before
      : await readBack(
          () => registered(session),
          (seen) => missing.every((name) => seen?.has(name)),
        );
  return NAMES.map((searchAttribute) => {
    const report = (state: SearchAttributeReport['state'], detail: string | null = null) => {
      return { searchAttribute, state, detail };
    };
    const type = after?.get(searchAttribute);
    if (type !== undefined && type !== KEYWORD) {
      return report('blocked', takenBy(searchAttribute, TYPES[type] ?? `type ${type}`));
    }
    if (type === KEYWORD) return report(missing.includes(searchAttribute) ? 'created' : 'ok');
    if (dryRun) return report('missing');
    const command = `temporal operator search-attribute create --name ${searchAttribute} --type Keyword`;
    return report(
      'blocked',
      `${refusal ?? 'Temporal took it, but does not know it yet: apply again, or'}: ${command}`,
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
function takenBy(name: string, type: string): string {
  return (
    `exists as ${type}, and runs are not found by it; where nobody else uses it: ` +
    `temporal operator search-attribute remove --name ${name}, then apply again`
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

/** @returns why it was refused; `null`: it was not */
async function register(
  { connection, temporal }: Session,
  names: readonly string[],
): Promise<string | null> {
  try {
    await connection.operatorService.addSearchAttributes({
      namespace: temporal.options.namespace,
      searchAttributes: Object.fromEntries(names.map((name) => [name, KEYWORD])),
    });
    return null;
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const { code }: { code: number } = error;
    return code === ALREADY_EXISTS ? null : error.details;
  }
}
