import { readFileSync } from 'node:fs';

/** `getconf CLK_TCK`: 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * CPU time of all threads of a process, measured from outside, on Linux.
 * @see proc_pid_stat(5), fields 14 and 15
 */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
