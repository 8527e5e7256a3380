import type { Owner } from '../../contracts/feed.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { Feed, SourceConfig } from '../../config/config.ts';
import { answers, firstAnswer } from './answer.ts';
import type { Checklist, Head } from './checklist.ts';
import { clocks } from './check-clock.ts';
import { credentials } from './check-credentials.ts';
import { failed, listed, ok, type Outcome } from './step.ts';

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
  subject: 'whether ThreatConnect accepts the credentials',
  trouble: 'ThreatConnect does not accept the credentials',
  needs: [ANSWERS.name, CLOCK.name],
};

const OWNERS: Head = {
  name: 'owners',
  subject: 'which owners the API user sees',
  trouble: 'owners of the feeds are not visible',
  needs: [CREDENTIALS.name],
};

/** The steps that check the access to ThreatConnect, in order. */
export const SOURCE_STEPS: readonly Head[] = [ANSWERS, CLOCK, CREDENTIALS, OWNERS];

/** One request is enough for all four steps. If it is refused, a second one shows whether credentials arrive at all. */
export async function checkSource(
  list: Checklist,
  source: ThreatConnect,
  { config, feeds }: { config: SourceConfig; feeds: readonly Feed[] },
  signal: AbortSignal,
): Promise<void> {
  const first = await firstAnswer(source, signal);
  await list.take(ANSWERS, async () => answers(config, first));
  await list.take(CLOCK, async () => clocks(source.clock, first.error));
  await list.take(CREDENTIALS, async () => credentials(config, first, signal));
  await list.take(OWNERS, async () => owners(first.owners ?? [], feeds));
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
