import type { SourceConfig, SourceCredentials } from '../../config/config.ts';
import { Secret } from '../../config/secret.ts';
import { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import { firstAnswer, type FirstAnswer } from './answer.ts';
import { failedBy, isRefusal, saidBy } from './advice.ts';
import { arrivedAs } from './arrived-as.ts';
import { failed, ok, type Outcome } from './step.ts';

/** If ThreatConnect refuses the credentials: its message, and the likely causes, the most frequent first. */
export async function credentials(
  config: SourceConfig,
  { error }: FirstAnswer,
  signal: AbortSignal,
): Promise<Outcome> {
  const given = config.credentials;
  if (error === null) {
    return ok(
      given.scheme === 'hmac'
        ? `ThreatConnect accepts access id and secret key`
        : 'ThreatConnect accepts the token',
    );
  }
  if (!isRefusal(error)) return failedBy(error, 'the credentials');
  const what = `ThreatConnect does not accept the credentials: ${saidBy(error)}`;
  if (error.answer?.statusCode === 503) return failedBy(error, 'the credentials');
  const others = await refusalOfOthers(config, signal);
  if (others !== null && untimed(others) === untimed(error)) {
    return failed(what, given.scheme === 'hmac' ? `${UNSEEN}, ${NO_ID}` : `${UNSEEN}, ${NO_TOKEN}`);
  }
  const causes =
    given.scheme === 'hmac'
      ? hmacCauses(given.secretKey.reveal())
      : tokenCauses(given.token.reveal());
  return failed(what, others === null ? causes : `${causes}\n${REFUSED}`);
}

/** Used if made-up credentials get the same answer: a wrong secret key would get a different one. */
const UNSEEN =
  'It gives the same answer to made-up credentials of another kind. So a proxy in between drops or changes the Authorization header, or no request from here is accepted at all (plain http, a list of allowed addresses)';

const NO_ID = 'or it has no API user with this TC_ACCESS_ID.';
const NO_TOKEN = 'or it does not know TC_API_TOKEN (expired, replaced, of another instance).';

const REFUSED =
  'The Authorization header does arrive: made-up credentials of another kind get another answer.';

/** The answer to made-up credentials of the other scheme; `null` if it is not a refusal. */
async function refusalOfOthers(config: SourceConfig, signal: AbortSignal): Promise<Error | null> {
  const nobody = new Secret('nobody');
  const other: SourceCredentials =
    config.credentials.scheme === 'hmac'
      ? { scheme: 'token', token: nobody }
      : { scheme: 'hmac', accessId: '0', secretKey: nobody };
  const source = new ThreatConnect({ ...config, credentials: other });
  try {
    const { error } = await firstAnswer(source, signal);
    return isRefusal(error) ? error : null;
  } finally {
    await source.close();
  }
}

function untimed(error: Error): string {
  return saidBy(error).replace(/ after \d+ ms/, '');
}

function hmacCauses(secretKey: string): string {
  return [
    `Compare TC_SECRET_KEY with the instance, character by character: a shell, YAML or .env file changes $, %, #, quotes and backslashes. ${arrivedAs('TC_SECRET_KEY', secretKey)} TC_SECRET_KEY_FILE names a file that is read unchanged.`,
    'Compare TC_ACCESS_ID: is it of the same API user, and of this instance?',
    'Is a proxy in between that rewrites the query?',
  ].join('\n');
}

function tokenCauses(token: string): string {
  return [
    'Has the token expired, or was a newer one created? A new token ends the older one at once: set the new one in TC_API_TOKEN.',
    `Is the token of this instance, and of an API user? ${arrivedAs('TC_API_TOKEN', token)}`,
  ].join('\n');
}
