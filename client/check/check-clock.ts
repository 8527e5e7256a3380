import { CLOCK_REFUSED, NO_TIMESTAMP } from '../../activities/threatconnect/refusal-causes.ts';
import {
  SIGNED_MAX_MS,
  type Doubt,
  type SourceClock,
} from '../../activities/threatconnect/source-clock.ts';
import { saidBy } from './advice.ts';
import { failed, ok, warning, type Outcome } from './step.ts';

/** A larger difference between the clocks is a warning. */
const SKEW_MS = 60_000;

const SET_CLOCKS = 'Let both machines set their clocks by NTP (timedatectl set-ntp true).';

/** The remedy for an answer that did not give the time, by the sign that shows this. */
const REMEDIES: Readonly<Record<Doubt['sign'], string>> = {
  none: SET_CLOCKS,
  status: 'The first answer that is not a refusal shows it: correct what the next lines name.',
  Date: 'A proxy in between drops the Date header or writes its own: configure it to pass on ThreatConnect’s header. ThreatConnect refuses a difference of five minutes.',
  'Content-Type':
    'A proxy in between drops or changes the Content-Type header: configure it to pass the header on. ThreatConnect refuses a difference of five minutes.',
  cache:
    'A cache in between answers instead of ThreatConnect: configure it to pass on every request.',
  clock: SET_CLOCKS,
};

/** @param error the error of the first request; `null` if it succeeded */
export function clocks(clock: SourceClock, error: unknown): Outcome {
  if (isTimeRefused(error)) return timeRefused(clock, error);
  if (!clock.isSet) {
    const { sign, words } = clock.doubt;
    return warning(
      `the difference of the clocks is not known: ThreatConnect’s answer ${words}`,
      REMEDIES[sign],
    );
  }
  const distance = distanceOf(clock);
  if (Math.abs(clock.offsetMs) > SKEW_MS) {
    return warning(`${distance}; signatures and windows are corrected by that`, SET_CLOCKS);
  }
  return ok(
    Math.round(clock.offsetMs / 1000) === 0
      ? 'the clocks agree'
      : `${distance}, which is corrected`,
  );
}

/** Whether ThreatConnect refused a request because of its time. */
export function isTimeRefused(error: unknown): error is Error {
  return error instanceof Error && CLOCK_REFUSED.test(saidBy(error));
}

export function timeRefused(clock: SourceClock, error: Error): Outcome {
  const distance = distanceOf(clock);
  if (NO_TIMESTAMP.test(error.message)) {
    return failed(
      `ThreatConnect refuses the time of the request${clock.isSet ? `, although ${distance}` : ''}: ${saidBy(error)}`,
      'It saw no number in the Timestamp header, which was sent: a proxy in between drops or changes the header. Configure the proxy to pass it on.',
    );
  }
  if (clock.isSet && Math.abs(clock.offsetMs) < SIGNED_MAX_MS) {
    return failed(
      `ThreatConnect refuses the time of the request, although ${distance}: ${saidBy(error)}`,
      'Does a proxy in between write a Date of its own, or change the Timestamp header? Compare ThreatConnect’s clock itself with this machine’s.',
    );
  }
  return failed(
    clock.isSet
      ? `ThreatConnect refuses this machine’s time although it was corrected by the Date of its answers; ${distance}: ${saidBy(error)}`
      : `ThreatConnect refuses this machine’s time, and its answer ${clock.doubt.words}: ${saidBy(error)}`,
    `${SET_CLOCKS}\nA proxy that writes, keeps or drops the Date header hides how much they differ.`,
  );
}

function distanceOf({ offsetMs }: SourceClock): string {
  const seconds = Math.round(offsetMs / 1000);
  return (
    `ThreatConnect’s clock is ${Math.abs(seconds)} s ` +
    `${seconds > 0 ? 'ahead of' : 'behind'} this machine’s`
  );
}
