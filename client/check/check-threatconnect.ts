import type { Owner } from '../../contracts/feed.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { Feed, SourceConfig } from '../../config/config.ts';
import { answers, firstAnswer, type FirstAnswer } from './answer.ts';
import type { Checklist, Head } from './checklist.ts';
import { saidBy } from './advice.ts';
import { credentials } from './check-credentials.ts';
import { failed, listed, ok, warning, type Outcome } from './step.ts';

const ANSWERS: Head = {
  name: 'ThreatConnect',
  subject: 'whether ThreatConnect answers',
  trouble: 'ThreatConnect does not answer',
  needs: [],
};

const CLOCK: Head = {
  name: 'clock',
  subject: 'whether the clocks agree',
  trouble: 'ThreatConnect refuses this machine’s time',
  needs: [ANSWERS.name],
};

const CREDENTIALS: Head = {
  name: 'credentials',
  subject: 'whether ThreatConnect takes the credentials',
  trouble: 'ThreatConnect does not take the credentials',
  needs: [ANSWERS.name, CLOCK.name],
};

const OWNERS: Head = {
  name: 'owners',
  subject: 'which owners the API user sees',
  trouble: 'owners of the feeds are not visible',
  needs: [CREDENTIALS.name],
};

/** Steps that say whether the source is there for us, in order. */
export const SOURCE_STEPS: readonly Head[] = [ANSWERS, CLOCK, CREDENTIALS, OWNERS];

/** From here on a clock is not a little off but wrong; ThreatConnect itself refuses more than five minutes. */
const SKEW_MS = 60_000;

/** From here on ThreatConnect refuses a request. */
const REFUSED_MS = 300_000;

/** The server's words about a `Timestamp` header. @see https://docs.threatconnect.com/en/latest/common_errors.html */
const CLOCK_REFUSED = /timestamp/i;
/** Of one that is missing or no number. @see the response classes of the vendor's Java SDK */
const INVALID = /invalid timestamp/i;

/** One request is enough for all four; where it is refused, another one shows whether credentials arrive at all. */
export async function checkSource(
  list: Checklist,
  source: ThreatConnect,
  { config, feeds }: { config: SourceConfig; feeds: readonly Feed[] },
  signal: AbortSignal,
): Promise<void> {
  const first = await firstAnswer(source, signal);
  await list.take(ANSWERS, async () => answers(config, first));
  await list.take(CLOCK, async () => clocks(source, first));
  await list.take(CREDENTIALS, async () => credentials(config, first, signal));
  await list.take(OWNERS, async () => owners(first.owners ?? [], feeds));
}

function clocks({ clock }: ThreatConnect, { error }: FirstAnswer): Outcome {
  const seconds = Math.round(clock.offsetMs / 1000);
  const distance =
    `ThreatConnect’s clock is ${Math.abs(seconds)} s ` +
    `${seconds > 0 ? 'ahead of' : 'behind'} this machine’s`;
  const remedy = 'Let both machines set their clocks by NTP (timedatectl set-ntp true).';
  if (error instanceof Error && CLOCK_REFUSED.test(error.message)) {
    return clock.isSet && Math.abs(clock.offsetMs) < REFUSED_MS
      ? failed(
          `ThreatConnect refuses the time of the request, although ${distance}: ${saidBy(error)}`,
          INVALID.test(error.message)
            ? 'It saw no number in the Timestamp header, which was sent: a proxy in between drops or changes it. Have the proxy pass it on.'
            : 'Does a proxy in between write a Date of its own, or change the Timestamp header? Compare ThreatConnect’s clock itself with this machine’s.',
        )
      : failed(
          clock.isSet
            ? `ThreatConnect refuses this machine’s time although it was corrected; ${distance}`
            : `ThreatConnect refuses this machine’s time, and its answer ${clock.doubt}`,
          `${remedy}\nA proxy that keeps or drops the Date header hides how much they differ.`,
        );
  }
  if (!clock.isSet) {
    return warning(
      `how far the clocks differ is not known: ThreatConnect’s answer ${clock.doubt}`,
      'Where a proxy in between drops or changes Date or Content-Type, have it pass them on; five minutes of difference are refused.',
    );
  }
  if (Math.abs(clock.offsetMs) > SKEW_MS) {
    return warning(`${distance}; signatures and windows are corrected by that`, remedy);
  }
  return ok(seconds === 0 ? 'the clocks agree' : `${distance}, which is corrected`);
}

function owners(visible: readonly Owner[], feeds: readonly Feed[]): Outcome {
  const names = visible.map((owner) => owner.name);
  const missing = feeds.flatMap((feed) => {
    const unseen = feed.owners.filter((name) => !names.includes(name));
    return unseen.length === 0 ? [] : [`feed ${feed.name}: ${unseen.join(', ')}`];
  });
  if (visible.length === 0) {
    return failed(
      'the API user sees no owner',
      'Give the API user access to the organization, communities and sources that are to be read.',
    );
  }
  if (missing.length > 0) {
    return failed(
      `feeds name owners that the API user does not see: ${missing.join('; ')}`,
      `Correct the names in TC_OWNERS or tcsync.yaml, or add the API user to those owners.\n` +
        `It sees: ${listed(names)}`,
    );
  }
  return ok(
    `the API user sees ${names.length === 1 ? '1 owner' : `${names.length} owners`}: ${listed(names)}`,
  );
}
