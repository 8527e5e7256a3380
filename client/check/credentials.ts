import type { SourceCredentials } from '../../config/config.ts';
import type { FirstAnswer } from './answer.ts';
import { failedBy, saidBy } from './advice.ts';
import { failed, ok, type Outcome } from './step.ts';

/** What the server said, and the likely causes, the most frequent first. */
export function credentials(given: SourceCredentials, { error }: FirstAnswer): Outcome {
  if (error === null) {
    return ok(
      given.scheme === 'hmac'
        ? `ThreatConnect takes access id and secret key`
        : 'ThreatConnect takes the token',
    );
  }
  if (!isRefusal(error)) return failedBy(error, 'the credentials');
  return failed(
    `ThreatConnect does not take the credentials: ${saidBy(error)}`,
    given.scheme === 'hmac' ? hmacCauses(given.secretKey.reveal().length) : TOKEN_CAUSES,
  );
}

function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (error.name === 'SourceUnauthorizedError' || error.name === 'SourceForbiddenError')
  );
}

function hmacCauses(characters: number): string {
  return [
    `Compare TC_SECRET_KEY with the instance, character by character: a shell, YAML or .env file changes $, %, #, quotes and backslashes. As it arrived here it has ${characters} characters. TC_SECRET_KEY_FILE names a file that is read as it is.`,
    'Compare TC_ACCESS_ID: is it of the same API user, and of this instance?',
    'Is a proxy in between that rewrites the query or drops the Authorization header?',
  ].join('\n');
}

const TOKEN_CAUSES = [
  'Has the token expired, or was a newer one made? That ends the older one at once: set the new one in TC_API_TOKEN.',
  'Is the token of this instance, and of an API user?',
  'Is a proxy in between that drops the Authorization header?',
].join('\n');
