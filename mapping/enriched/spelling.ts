import type { Spelling } from '../compatible/spelling.ts';
import { parseWrittenDate } from './date.ts';
import { parseWrittenIp } from './host.ts';

/** As people and the source itself write them. */
export const WRITTEN: Spelling = { date: parseWrittenDate, ip: parseWrittenIp };
