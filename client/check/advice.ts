import { failed, type Outcome } from './step.ts';

/** What to do about an error of one of the two edges, by its name. */
const ADVICE: Readonly<Record<string, string>> = {
  SourceUnauthorizedError: 'Compare the credentials with those of the API user in ThreatConnect.',
  SourceForbiddenError:
    'Add the API user to the owners that it is to read, or have the API licensed.',
  SourceBadRequestError:
    'Correct what ThreatConnect quotes: TC_TQL, TC_FIELDS, TC_TYPES or TC_URL.',
  SourceRateLimitedError: 'Wait a while; other programs may use the same API user.',
  SourceUnavailableError: 'Is the instance up? Is a proxy or a firewall in between?',
  SourceTooSlowError: 'Try again when the instance is less busy, or set a longer TC_HTTP_TIMEOUT.',
  SourceContractError:
    'Open TC_URL in a browser: is there a log-in page, or the message of a proxy?',
  SinkUnauthorizedError: 'Renew the API key or the password, or grant what is missing.',
  SinkUnavailableError: 'Is the cluster up and green? Is a proxy or a firewall in between?',
  SinkBusyError: 'Wait until the cluster is green, then try again.',
  SinkOverloadedError: 'Wait until the cluster is less busy; look at its disk space.',
  SinkMisconfiguredError: 'Run `npx tcsync apply`.',
};

/** What a step comes to where it threw. */
export function failedBy(error: unknown, subject: string): Outcome {
  if (isTimeout(error)) {
    return failed(`${subject}: no answer came in time`, 'Is a firewall in between? Try again.');
  }
  if (!(error instanceof Error)) throw error;
  const advice = ADVICE[error.name];
  return advice === undefined
    ? failed(
        `${subject}: ${error.name}: ${error.message}`,
        'This was not foreseen and may be a fault of tcsync: report it with this line.',
      )
    : failed(error.message, advice);
}

/** What to do about a run that failed so; `null`: nobody knows. */
export function adviceOn(failureType: string): string | null {
  return ADVICE[`${failureType}Error`] ?? null;
}

export function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** What was asked and answered, without the causes that `toSourceError` puts behind it: steps have their own. */
export function saidBy(error: Error): string {
  return error.message.split('; likely causes: ')[0] ?? error.message;
}
