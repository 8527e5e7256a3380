import {
  SourceBadRequestError,
  SourceContractError,
  SourceForbiddenError,
  SourceUnauthorizedError,
} from '../../contracts/errors.ts';
import { failed, type Outcome } from './step.ts';

/** Remedies for the errors of ThreatConnect and Elasticsearch whose name alone says what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  SourceProxyRefusedError:
    'Correct the user name and the password in HTTPS_PROXY, or configure the proxy to let this machine reach ThreatConnect.',
  SourceRateLimitedError:
    'Wait a while; other programs may use the same API user, or a proxy in between limits requests.',
  SourceUnavailableError: 'Is the instance up? Is a proxy or a firewall in between?',
  SourceTooSlowError: 'Try again when the instance is less busy, or set a longer TC_HTTP_TIMEOUT.',
  SinkUnauthorizedError: 'Renew the API key or the password, or grant the missing privileges.',
  SinkUnavailableError: 'Is the cluster up and green? Is a proxy or a firewall in between?',
  SinkBusyError: 'Wait until the cluster is green, then try again.',
  SinkOverloadedError: 'Wait until the cluster is less busy; look at its disk space.',
  SinkMisconfiguredError:
    'Run `npx tcsync apply` if something is missing; else correct what the line above names.',
};

/** Failure types whose remedy depends on the answer. A failed run keeps only the message, not the answer. */
const OF_ANSWERS = new Set([
  'SourceUnauthorized',
  'SourceForbidden',
  'SourceBadRequest',
  'SourceContract',
]);

const CAUSES = '; likely causes: ';

/** The outcome of a step that threw an error. */
export function failedBy(error: unknown, subject: string): Outcome {
  if (isTimeout(error)) {
    return failed(`${subject}: no answer came in time`, 'Is a firewall in between? Try again.');
  }
  if (!(error instanceof Error)) throw error;
  if (isRefusal(error)) return failed(saidBy(error), adviceOnRefusal(error));
  const advice =
    error instanceof SourceContractError ? adviceOnContract(error) : ADVICE[error.name];
  return advice === undefined
    ? failed(
        `${subject}: ${error.name}: ${error.message}`,
        'This is unexpected and may be a bug in tcsync: report it with this line.',
      )
    : failed(error.message, advice);
}

/** The remedy for a run that failed with this type; `null` if no remedy is known. */
export function adviceOn(failureType: string): string | null {
  if (OF_ANSWERS.has(failureType)) return '`npx tcsync check` says what to correct.';
  return ADVICE[`${failureType}Error`] ?? null;
}

export type Refusal = SourceUnauthorizedError | SourceForbiddenError | SourceBadRequestError;

/** Whether ThreatConnect, or a proxy in front of it, refused a request. */
export function isRefusal(error: unknown): error is Refusal {
  return (
    error instanceof SourceUnauthorizedError ||
    error instanceof SourceForbiddenError ||
    error instanceof SourceBadRequestError
  );
}

/** Whether another program answered: the answer does not have the form of ThreatConnect's API. */
export function isOfAnother({ answer }: Refusal): boolean {
  return answer !== null && answer.said === null;
}

export const LET_THROUGH =
  'The answer is not in the form of ThreatConnect’s API: a firewall, a proxy or a log-in page in between sent it, and must let the request through.';

export const CORRECT_URL =
  'Correct TC_URL: is it the instance’s own address, with its complete path? tcsync appends /api unless the address ends with /api, in lower case.';

function adviceOnRefusal(error: Refusal): string {
  const { answer, message } = error;
  const [, causes] = message.split(CAUSES);
  if (causes !== undefined) return `Likely causes: ${causes}.`;
  if (answer === null) return 'Correct what the line above names.';
  const { statusCode } = answer;
  if (statusCode === 503) return 'The API must be licensed for this instance.';
  if (statusCode === 400) {
    return isOfAnother(error)
      ? LET_THROUGH
      : 'Correct what ThreatConnect quotes: TC_TQL, TC_FIELDS or TC_TYPES.';
  }
  return statusCode === 401
    ? 'Compare the clocks of both machines, and the credentials with those of the API user in ThreatConnect.'
    : CORRECT_URL;
}

/** An HTML page, or a body that is not JSON, comes from another program. */
function adviceOnContract({ message }: SourceContractError): string {
  return /instead of JSON|is not JSON/.test(message)
    ? 'Open TC_URL in a browser: is there a log-in page, or the message of a proxy?'
    : 'This is not what ThreatConnect’s API promises: if no proxy in between changes answers, report it with this line.';
}

export function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** Request and answer, without the likely causes that `toSourceError` appends: the steps name causes of their own. */
export function saidBy(error: Error): string {
  return error.message.split(CAUSES)[0] ?? error.message;
}
