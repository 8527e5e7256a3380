import { temporalCommand, type TemporalPlace } from '../contracts/temporal-command.ts';
import {
  differingSettings,
  readIdentity,
  type ComparedSettings,
} from '../contracts/settings-code.ts';
import { attention, type Finding } from './finding.ts';
import type { TemporalLook } from './look-at-temporal.ts';
import type { Poller } from './workers.ts';

/** Findings that concern all feeds. */
export function judgeTemporal(
  { workers, otherSchedules }: Pick<TemporalLook, 'workers' | 'otherSchedules'>,
  settings: ComparedSettings,
  place: TemporalPlace,
): Finding[] {
  const { deserted, pollers } = workers;
  return [
    ...(deserted.length === 0
      ? []
      : [
          attention('worker', {
            what: `no worker polls ${deserted.join(' and ')}`,
            remedy: 'Start one with `npx tcsync worker`',
          }),
        ]),
    ...pollers.flatMap((poller) => judgeSettings(poller, settings)),
    ...otherSchedules.map((id) =>
      attention('schedule', {
        what: `Schedule ${id} starts runs of a feed that is not configured`,
        remedy: `Configure the feed again, or end it: ${temporalCommand(`schedule delete --schedule-id ${id}`, place)}`,
      }),
    ),
  ];
}

function judgeSettings(poller: Poller, settings: ComparedSettings): Finding[] {
  const what = otherSettings(poller.identity, settings);
  const remedy =
    'Restart it with these settings, or use its settings here; a worker that has ended is listed for another 90 s';
  return what === null ? [] : [attention('settings', { what, remedy })];
}

/** A sentence that names the differences between a worker's settings and these; `null` if there are none. */
export function otherSettings(identity: string, settings: ComparedSettings): string | null {
  const { process, code } = readIdentity(identity);
  const differing = code === null ? null : differingSettings(settings, code);
  if (differing === null) {
    return `worker ${process} has another version of tcsync: its settings cannot be compared with these`;
  }
  if (differing.length === 0) return null;
  return `worker ${process} has other settings than these: ${differing.join(', ')}`;
}
