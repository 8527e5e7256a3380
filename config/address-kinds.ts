import { isIP } from 'node:net';
import { Fault } from './fault.ts';
import { Secret } from './secret.ts';
import type { Kind } from './setting.ts';

/** The older public host, whose endpoints are not below `/api`. */
const LEGACY_HOST = 'api.threatconnect.com';

/** The base below which `/v3/…` is found: lower-case host, no slash at the end. */
export const threatConnectUrl: Kind<string> = {
  read: (text) => {
    const url = parseBase(text);
    if (url instanceof Fault) return url;
    const path = trimSlashes(url.pathname);
    if (/\/v[23](\/|$)/.test(path)) return new Fault('continues after the API prefix');
    const isComplete = path.endsWith('/api') || url.hostname === LEGACY_HOST;
    return `${url.origin}${path}${isComplete ? '' : '/api'}`;
  },
  expected: 'the https address of the instance, with or without /api',
  shown: 'address',
};

export const elasticsearchUrl: Kind<string> = {
  read: (text) => {
    const url = parseBase(text);
    return url instanceof Fault ? url : `${url.origin}${trimSlashes(url.pathname)}`;
  },
  expected: 'the http or https address of one node or of a load balancer',
  shown: 'address',
};

/** May carry a user name and a password, so all of it is a secret. Without a scheme it is `http://`, as in curl. */
export const proxyUrl: Kind<Secret> = {
  read: (text) => {
    const address = text.includes('://') ? text : `http://${text}`;
    if (!/^https?:/i.test(address)) return new Fault('is neither an http nor an https proxy');
    const leftover = leftoverOf(address);
    if (leftover !== null) return new Fault(`${leftover}: ${ENCODE}`);
    if (!/^https?:\/\/[^/]+\/?$/i.test(address)) return new Fault(`has a path: ${ENCODE}`);
    return URL.canParse(address)
      ? new Secret(new URL(address).href)
      : new Fault('is not an address');
  },
  expected: 'the address of an http or https proxy, http://user:password@host:port',
  shown: 'hidden',
};

/**
 * An Elastic Cloud id: a name, a colon and base64 of `host$elasticsearch$kibana`.
 *
 * @see https://www.elastic.co/docs/deploy-manage/deploy/elastic-cloud/find-cloud-id
 */
export const cloudId: Kind<string> = {
  read: (text) => {
    const [, encoded, ...rest] = text.split(':');
    const [host, cluster] = Buffer.from(encoded ?? '', 'base64')
      .toString('utf8')
      .split('$');
    return HOST.test(host ?? '') && HOST.test(cluster ?? '') && rest.length === 0
      ? text
      : new Fault('is not a Cloud ID');
  },
  expected: 'the Cloud ID as the console of Elastic Cloud shows it',
};

function parseBase(text: string): URL | Fault {
  if (!/^https?:\/\//i.test(text)) return new Fault('does not begin with https:// or http://');
  // anywhere in the text: after a password with a slash the @ is part of the path
  if (text.includes('@'))
    return new Fault('holds a user name or a password, which have their own variables');
  const leftover = leftoverOf(text);
  if (leftover !== null) return new Fault(leftover);
  return URL.canParse(text) ? new URL(text) : new Fault('is not an address');
}

/**
 * Names the part of an address that a URL parser would silently misread, repair or drop; `null` if there is none.
 * Otherwise half of a password could become a host name, which is sent to the DNS and printed.
 */
function leftoverOf(text: string): string | null {
  if (/[?#]/.test(text)) return 'has a query or a fragment';
  if (/[\s\\\p{Cc}]/u.test(text)) return 'has a blank, a line break or a backslash';
  if ((text.match(/@/g) ?? []).length > 1) return 'has more than one @';
  return /^https?:\/\/\//i.test(text) ? 'is not an address' : null;
}

const ENCODE =
  'in a user name or password write %23 for #, %25 for %, %2F for /, %3F for ?, %40 for @, %5C for \\';

/** The form that Temporal's clients accept. With `http://host` they would look up the host `http`. */
export const temporalAddress: Kind<string> = {
  read: (text) => {
    if (text.includes('://')) return new Fault('has a scheme, but host:port has none');
    const { port } = TEMPORAL_ADDRESS.exec(text)?.groups ?? { port: '0' };
    return port === undefined || (Number(port) > 0 && Number(port) < 65_536)
      ? text
      : new Fault('is not host:port');
  },
  expected: 'host and port of Temporal’s gRPC service, an IPv6 address in brackets',
  shown: 'hidden',
};

const TEMPORAL_ADDRESS = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i;

/** Where the worker listens. */
export const ownAddress: Kind<string> = {
  read: (text) => (isIP(text) ? text : new Fault('is not an IP address')),
  expected: 'an IP address of this machine, or 0.0.0.0 or :: for all of them',
};

/** A name or an address, with a port if it is not 443. */
const HOST = /^[\w.-]+(:\d{1,5})?$/;

function trimSlashes(path: string): string {
  return path.replace(/\/+$/, '');
}
