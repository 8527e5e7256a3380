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
  trouble: 'a first query is not answered as it should be',
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
            `ThreatConnect counts ${count} indicators for a filter that none of them meets`,
            'The filter does not arrive: a proxy in between drops or changes the query. Have it pass the query on as it is.',
          );
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return isTimeRefused(error) ? timeRefused(source.clock, error) : refused(error, scheme);
    }
  });
}

/** ThreatConnect accepted the same credentials before, so the cause is something that only this request has. */
function refused(error: Refusal, scheme: SourceCredentials['scheme']): Outcome {
  const what = `ThreatConnect took the credentials a moment ago, but refuses a query with encoded characters: ${saidBy(error)}`;
  if (isOfAnother(error)) {
    return failed(
      `the credentials were taken a moment ago, but a query with encoded characters is refused: ${saidBy(error)}`,
      `${LET_THROUGH} It is one with tql= in its query.`,
    );
  }
  if (error instanceof SourceForbiddenError) {
    return failed(what, 'May the API user read indicators? Compare its role in ThreatConnect.');
  }
  if (error instanceof SourceBadRequestError) {
    return failed(
      what,
      'A proxy in between changes the query: have it pass the query on as it is.',
    );
  }
  return failed(
    what,
    scheme === 'hmac'
      ? 'A proxy in between rewrites the query (%20 to +, for example), which its signature does not allow: have it pass the query on as it is, or set TC_API_TOKEN, with which nothing is signed.'
      : 'Was the token replaced in between? Else a proxy in between changes requests with a query.',
  );
}
