import type { Json, JsonObject } from '../exact-json.ts';
import { trimBlanks } from '../compatible/blanks.ts';
import { domainParts } from './domain.ts';
import { refang } from './refang.ts';

/**
 * The parts of a URL indicator below `threat.indicator.url`. Credentials are in none of them.
 *
 * @returns none where the text has no `//` or no host
 * @see https://www.elastic.co/docs/reference/ecs/ecs-url
 * @see https://url.spec.whatwg.org/
 */
export function urlParts(text: Json | undefined): JsonObject {
  const url = typeof text === 'string' ? parseUrl(text) : null;
  if (url === null || url.host === '') return {};
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
  }
  return {
    full: url.href,
    scheme: url.protocol.slice(0, -1),
    port: url.port === '' ? undefined : Number(url.port),
    path: url.pathname,
    query: url.search.slice(1),
    fragment: url.hash.slice(1),
    extension: toExtension(url.pathname),
    ...domainParts(url.hostname),
  };
}

const SCHEME = /^([a-z][a-z0-9+.-]*)(?:[[({]:\/\/[\])}]|[[({]:[\])}]\/\/|:\/\/)/i;
const AUTHORITY_END = /[/?#\\]/;

/**
 * Undoes what keeps a URL from being clicked: `hxxps[://]bad[.]example[:]8080/x`. The path is left alone.
 */
function parseUrl(text: string): URL | null {
  const trimmed = trimBlanks(text).replaceAll(/[\t\n\r]/g, '');
  const match = SCHEME.exec(trimmed);
  if (match === null) return null;
  const [separated, scheme = ''] = match;
  const rest = trimmed.slice(separated.length);
  const end = rest.search(AUTHORITY_END);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const path = end === -1 ? '' : rest.slice(end);
  return URL.parse(`${refangScheme(scheme)}://${refang(authority)}${path}`);
}

function refangScheme(scheme: string): string {
  const lowered = scheme.toLowerCase();
  return lowered === 'hxxp' || lowered === 'hxxps' ? lowered.replace('xx', 'tt') : scheme;
}

/** Of the last part of a path, behind the last dot; `.htaccess` has none. */
function toExtension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}
