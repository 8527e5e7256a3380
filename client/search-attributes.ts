import { isGrpcServiceError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { FEED, NAMESPACE, STATE } from '../contracts/search-attributes.ts';
import type { Session } from './session.ts';

/** `INDEXED_VALUE_TYPE_KEYWORD` of temporal/api/enums/v1/common.proto */
const KEYWORD = 2;

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

/** Registers what runs are found by. Where the account may not, runs go on without. */
export async function applySearchAttributes(
  session: Session,
  dryRun: boolean,
): Promise<SearchAttributeReport[]> {
  const missing = await missingNames(session);
  const refusal = missing.length === 0 || dryRun ? null : await register(session, missing);
  return NAMES.map((searchAttribute) => {
    if (!missing.includes(searchAttribute)) return { searchAttribute, state: 'ok', detail: null };
    if (dryRun) return { searchAttribute, state: 'missing', detail: null };
    if (refusal === null) return { searchAttribute, state: 'created', detail: null };
    const command = `temporal operator search-attribute create --name ${searchAttribute} --type Keyword`;
    return { searchAttribute, state: 'blocked', detail: `${refusal}: ${command}` };
  });
}

/** What a run is started with, so that it is found by it; nothing where the server does not know the names. */
export async function searchAttributesOf(
  session: Session,
  feed: string,
): Promise<{ typedSearchAttributes?: TypedSearchAttributes }> {
  if ((await missingNames(session)).length > 0) return {};
  return {
    typedSearchAttributes: new TypedSearchAttributes([
      { key: NAMESPACE, value: session.config.program.namespace },
      { key: FEED, value: feed },
      { key: STATE, value: 'running' },
    ]),
  };
}

/** All of them where the account may not ask. */
async function missingNames({ connection, temporal }: Session): Promise<string[]> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: temporal.options.namespace,
    });
    return NAMES.filter((name) => Number(customAttributes?.[name]) !== KEYWORD);
  } catch (error) {
    if (isGrpcServiceError(error) && REFUSED.has(error.code)) return NAMES;
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
