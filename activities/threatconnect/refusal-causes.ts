/** The facts about a refused request besides the answer. */
export type Circumstances = {
  scheme: 'hmac' | 'token';
  /** The request was sent over plain http. */
  isPlain: boolean;
  /** An earlier request with these credentials was accepted. */
  wasAccepted: boolean;
  /** The request asked for indicators or groups, so it may have named owners. */
  mayNameOwners: boolean;
};

/** The server's words about a `Timestamp` header. @see https://docs.threatconnect.com/en/latest/common_errors.html */
export const CLOCK_REFUSED = /timestamp/i;

/** Its words if the header is missing or not a number. @see the response classes of the vendor's Java SDK */
export const NO_TIMESTAMP = /invalid timestamp/i;

const NOT_ITS_WORDS =
  'a firewall, a proxy or a log-in page in between (the answer is not in the form of ThreatConnect’s API)';

/** Likely causes of a 401, the most frequent first. Leaves out the causes that the known facts rule out. */
export function unauthorizedCauses(
  said: string | null,
  { scheme, wasAccepted }: Circumstances,
): string {
  if (said !== null && NO_TIMESTAMP.test(said)) {
    return listed('a proxy that drops or changes the Timestamp header, which was sent');
  }
  if (said !== null && CLOCK_REFUSED.test(said)) {
    return listed(
      'a clock more than five minutes off',
      'a proxy that writes a Date of its own or changes the Timestamp header',
    );
  }
  const page = said === null ? [NOT_ITS_WORDS] : [];
  const token = 'a token that has expired or was replaced';
  const rewritten = 'a proxy that rewrites the query';
  if (wasAccepted) {
    const taken = '(the credentials were accepted before)';
    return scheme === 'hmac'
      ? listed(...page, `${rewritten} ${taken}`, 'a secret key that was replaced')
      : listed(...page, `${token} ${taken}`);
  }
  if (scheme === 'token') return listed(...page, token, 'a token of another instance');
  return listed(
    ...page,
    'a wrong secret key (a shell, YAML or .env file may have changed $, %, quotes or backslashes in it)',
    'a wrong access id',
    'a clock more than five minutes off',
    rewritten,
  );
}

/** Likely causes of a 403, in the form of `unauthorizedCauses`. */
export function forbiddenCauses(
  said: string | null,
  { isPlain, wasAccepted, mayNameOwners }: Circumstances,
): string {
  if (said === null && wasAccepted) return listed(NOT_ITS_WORDS);
  return listed(
    ...(said === null ? [NOT_ITS_WORDS] : []),
    ...(mayNameOwners
      ? ['an owner in TC_OWNERS that does not exist or that the API user does not belong to']
      : []),
    ...(isPlain && !wasAccepted ? ['plain http although the instance requires https'] : []),
    ...(wasAccepted ? [] : ['a proxy that drops the Authorization header']),
    ...(wasAccepted ? ['a right that the API user lacks'] : []),
  );
}

function listed(...causes: string[]): string {
  const last = causes.at(-1) ?? '';
  const before = causes.slice(0, -1);
  return `likely causes: ${before.length === 0 ? last : `${before.join(', ')}, or ${last}`}`;
}
