import { attention, type Finding } from './finding.ts';
import type { ScheduleLook } from './look-at-schedule.ts';
import { shortened } from './reason.ts';

/** What a Schedule is for. */
type Purpose = {
  /** What does not happen without it: `no run starts by itself`. */
  silence: string;
  /** How a person ends its pause: a command. */
  resume: string;
};

export function judgeSchedule(
  schedule: ScheduleLook | null,
  { silence, resume }: Purpose,
): Finding[] {
  if (schedule === null) {
    const what = `there is no Schedule: ${silence}`;
    return [attention('schedule', { what, remedy: 'Run `npx tcsync apply`: it creates it' })];
  }
  const { id, paused, note: why, nextRunAt, lastRunAt } = schedule;
  if (paused) {
    return [
      attention('schedule', {
        since: lastRunAt,
        what: `Schedule ${id} is paused${why === null ? '' : ` (${shortened(why)})`}: ${silence}`,
        remedy: `To let it start runs again: \`${resume}\``,
      }),
    ];
  }
  if (nextRunAt !== null) return [];
  const what = `Schedule ${id} has no next run`;
  return [attention('schedule', { since: lastRunAt, what, remedy: `Run \`npx tcsync apply\`` })];
}
