import type { SettingFault } from './fault.ts';
import type { Given } from './given-texts.ts';
import { WORKER } from './settings.ts';

type CombinationFault = Pick<SettingFault, 'name' | 'fault'> & Partial<SettingFault>;

/**
 * Faults of settings that are each valid, but not together. Reads the given texts, not the parsed values, so that these
 * faults are reported together with those of single values.
 */
export function combinationFaults({ texts, set }: Given): CombinationFault[] {
  return [
    ...sourceCredentials(set),
    ...schedule(set),
    ...sinkAddress(set),
    ...sinkCredentials(set),
    ...fingerprint(texts),
    ...expiry(texts),
    ...ports(texts),
  ];
}

function sourceCredentials(set: Given['set']): CombinationFault[] {
  const pair = ['TC_ACCESS_ID', 'TC_SECRET_KEY'];
  if (set.has('TC_API_TOKEN')) {
    const extra = pair.filter((name) => set.has(name));
    return extra.length === 0 ? [] : [tooMany('TC_API_TOKEN', extra)];
  }
  return pair
    .filter((name) => !set.has(name))
    .map((name) => missing(name, `${pair.join(' and ')}, or TC_API_TOKEN alone, are needed`));
}

function schedule(set: Given['set']): CombinationFault[] {
  return set.has('TCSYNC_SYNC_EVERY') && set.has('TCSYNC_SYNC_CRON')
    ? [tooMany('TCSYNC_SYNC_CRON', ['TCSYNC_SYNC_EVERY'])]
    : [];
}

function sinkAddress(set: Given['set']): CombinationFault[] {
  if (set.has('ES_URL') && set.has('ES_CLOUD_ID')) return [tooMany('ES_CLOUD_ID', ['ES_URL'])];
  return set.has('ES_URL') || set.has('ES_CLOUD_ID')
    ? []
    : [missing('ES_URL', 'ES_URL or ES_CLOUD_ID is needed')];
}

function sinkCredentials(set: Given['set']): CombinationFault[] {
  const pair = ['ES_USERNAME', 'ES_PASSWORD'];
  const given = pair.filter((name) => set.has(name));
  if (given.length === 0) return [];
  if (set.has('ES_API_KEY')) return [tooMany('ES_API_KEY', given)];
  return pair
    .filter((name) => !set.has(name))
    .map((name) => missing(name, `needed together with ${given.join()}`));
}

function fingerprint({ ES_CA_FINGERPRINT, ES_URL }: Given['texts']): CombinationFault[] {
  return ES_CA_FINGERPRINT !== undefined && /^http:/i.test(ES_URL ?? '')
    ? [
        {
          name: 'ES_CA_FINGERPRINT',
          fault: 'is set, but ES_URL is not https',
          expected: 'an https ES_URL, or no fingerprint',
          example: 'ES_URL=https://elasticsearch.example:9200',
        },
      ]
    : [];
}

function expiry({ TCSYNC_OUTPUT_PROFILE, TCSYNC_EXPIRY }: Given['texts']): CombinationFault[] {
  return TCSYNC_OUTPUT_PROFILE?.toLowerCase() === 'compatible' &&
    TCSYNC_EXPIRY?.toLowerCase() === 'confirmed'
    ? [
        {
          name: 'TCSYNC_EXPIRY',
          fault:
            '"confirmed" is not possible with TCSYNC_OUTPUT_PROFILE=compatible, which is always fixed',
          expected: 'fixed, or nothing',
          example: 'TCSYNC_EXPIRY=fixed',
        },
      ]
    : [];
}

function ports(texts: Given['texts']): CombinationFault[] {
  const [http, metrics] = [WORKER.httpPort, WORKER.metricsPort].map(({ variable, defaultText }) =>
    Number(texts[variable] ?? defaultText),
  );
  return http !== undefined && http === metrics && http > 0
    ? [
        {
          name: 'TCSYNC_METRICS_PORT',
          fault: `"${http}" is also the port of TCSYNC_HTTP_PORT`,
          expected: 'two ports',
          example: `TCSYNC_METRICS_PORT=${http === 9464 ? 9465 : 9464}`,
        },
      ]
    : [];
}

function missing(name: string, why: string): CombinationFault {
  return { name, fault: `missing: ${why}` };
}

function tooMany(name: string, others: string[]): CombinationFault {
  return {
    name,
    fault: `is set together with ${others.join(' and ')}`,
    expected: 'only one of the two',
    example: `unset ${name}`,
  };
}
