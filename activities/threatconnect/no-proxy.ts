import { BlockList, isIP } from 'node:net';

/** An entry of `NO_PROXY`; `port` is `null` if the entry is for every port. */
type Named = { port: number | null; matches: (host: string) => boolean };

/** `[::1]:443`, `[fd00::]/8`, `host:443`, `10.0.0.0/8`, `*:443` */
const ENTRY = /^(?:\[(?<address>[^\]]+)\](?<bits>\/\d+)?|(?<host>[^:]+))(?::(?<port>\d{1,5}))?$/;

/**
 * The entry of `NO_PROXY` that lets a host be reached without the proxy; `null` if there is none.
 *
 * The rules are those of curl, Go and Python's requests. Commas or spaces separate entries, and each may end with a
 * port. A name matches itself and its subdomains, with a leading dot or without; `*.name` matches only subdomains; `*`
 * matches every host. An address, or a block of addresses in CIDR form, is compared with the host only if the host is
 * an address too: no name is resolved for it.
 *
 * @param origin `https://tc.example.com`
 */
export function noProxyEntry(origin: string, noProxy: string): string | null {
  const { protocol, hostname, port } = new URL(origin);
  const host = bare(hostname);
  const portNumber = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return (
    entriesOf(noProxy).find((entry) => {
      const named = read(entry);
      return (
        named !== null && (named.port === null || named.port === portNumber) && named.matches(host)
      );
    }) ?? null
  );
}

/** Entries that match nothing, such as `10.*` or `<local>`: every tool ignores them silently. */
export function unreadNoProxy(noProxy: string): string[] {
  return entriesOf(noProxy).filter((entry) => read(entry) === null);
}

function entriesOf(noProxy: string): string[] {
  return noProxy.split(/[\s,]+/).filter((entry) => entry !== '');
}

function read(entry: string): Named | null {
  // an IPv6 address without brackets has no port
  if (isIP(entry.split('/')[0] ?? '') === 6) return toNamed(entry, undefined);
  const { address, bits = '', host, port } = ENTRY.exec(entry)?.groups ?? {};
  return toNamed(address === undefined ? (host ?? '') : address + bits, port);
}

function toNamed(host: string, port: string | undefined): Named | null {
  const matches = readHost(host);
  return matches && { port: port === undefined ? null : Number(port), matches };
}

function readHost(text: string): Named['matches'] | null {
  if (text === '*') return () => true;
  const [address = '', bits] = text.split('/');
  const family = familyOf(address);
  if (family !== null) {
    const most = family === 'ipv4' ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : most + 1;
    if (prefix > most) return null;
    const block = new BlockList();
    block.addSubnet(address, prefix, family);
    return (host) => {
      const hostFamily = familyOf(host);
      return hostFamily !== null && block.check(host, hostFamily);
    };
  }
  const isBelowOnly = text.startsWith('*.');
  const name = bare(text.replace(/^\*?\./, ''));
  if (!/^[\p{L}\p{N}._-]+$/u.test(name)) return null;
  return (host) => (host === name && !isBelowOnly) || host.endsWith(`.${name}`);
}

function familyOf(text: string): 'ipv4' | 'ipv6' | null {
  const family = isIP(text);
  return family === 0 ? null : family === 4 ? 'ipv4' : 'ipv6';
}

/** Removes brackets and the dot that ends a full name; lower case. */
function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.+)\]$/, '$1')
    .replace(/(.)\.$/, '$1');
}
