import { SourceBadRequestError, SourceForbiddenError } from '../../contracts/errors.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import { EVERYTHING } from '../../activities/threatconnect/tql.ts';
import type { SourceCredentials } from '../../config/config.ts';
import { isOfAnother, isRefusal, LET_THROUGH, saidBy, type Refusal } from './advice.ts';
import { isTimeRefused, timeRefused } from './check-clock.ts';
import type { Checklist, Head } from './checklist.ts';
import { failed, ok, type Outcome } from './step.ts';

export const QUERIES: Head = {
  name: 'queries',
  subject: 'whether queries arrive as they are sent',
  trouble: 'the answer to a first query is wrong',
  needs: ['credentials'],
};

/** No indicator matches this filter. It contains the kinds of characters that a URL must encode. */
const NOBODYS = 'summary = "tcsync: a+b%20c&d=e? (é) #1/2"';

/**
 * Sends a query with characters that can be encoded in two ways. The request before it contained none of these, and
 * ThreatConnect accepted its credentials.
 */
export async function checkQueries(
  list: Checklist,
  source: ThreatConnect,
  { scheme }: SourceCredentials,
  signal: AbortSignal,
): Promise<void> {
  await list.take(QUERIES, async () => {
    try {
      const count = await source.count({ ...EVERYTHING, tql: NOBODYS }, signal);
      return count === 0
        ? ok('queries arrive as they are sent')
        : failed(
            `ThreatConnect counts ${count} indicators for a filter that none of them matches`,
            'The filter does not arrive: a proxy in between drops or changes the query. Configure it to pass the query on unchanged.',
          );
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return isTimeRefused(error) ? timeRefused(source.clock, error) : refused(error, scheme);
    }
  });
}

/** ThreatConnect accepted the same credentials before, so the cause is something that only this request has. */
function refused(error: Refusal, scheme: SourceCredentials['scheme']): Outcome {
  const what = `ThreatConnect accepted the credentials a moment ago, but refuses a query with encoded characters: ${saidBy(error)}`;
  if (isOfAnother(error)) {
    return failed(
      `the credentials were accepted a moment ago, but a query with encoded characters is refused: ${saidBy(error)}`,
      `${LET_THROUGH} The request has tql= in its query.`,
    );
  }
  if (error instanceof SourceForbiddenError) {
    return failed(what, 'May the API user read indicators? Compare its role in ThreatConnect.');
  }
  if (error instanceof SourceBadRequestError) {
    return failed(
      what,
      'A proxy in between changes the query: configure it to pass the query on unchanged.',
    );
  }
  return failed(
    what,
    scheme === 'hmac'
      ? 'A proxy in between rewrites the query (%20 to +, for example), so the signature no longer matches: configure it to pass the query on unchanged, or set TC_API_TOKEN, which needs no signature.'
      : 'Was the token replaced in between? Else a proxy in between changes requests with a query.',
  );
}
