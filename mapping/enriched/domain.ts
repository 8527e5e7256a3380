import { parse } from 'tldts';
import type { JsonObject } from '../exact-json.ts';

/** Only what ICANN delegates: `github.io` is a registered domain, not an ending. */
const OPTIONS = { allowPrivateDomains: false, extractHostname: false };

/**
 * Domain, registered domain, subdomain and ending of a URL's host. Addresses, bare endings and endings that
 * the list does not have are a domain only.
 *
 * @param hostname as a URL has it
 * @see https://publicsuffix.org/
 */
export function domainParts(hostname: string): JsonObject {
  if (hostname.startsWith('[')) return { domain: hostname.slice(1, -1) };
  const domain = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  // the parser of URLs leaves upper case in a host where it does not know the scheme
  const parsed = parse(domain.toLowerCase(), OPTIONS);
  const { domain: registered, subdomain, publicSuffix, isIcann, isIp } = parsed;
  if (isIp === true || isIcann !== true || registered === null) return { domain };
  // `a..com`: nothing can be registered under an empty name
  if (registered.startsWith('.')) return { domain };
  return {
    domain,
    registered_domain: registered,
    subdomain: subdomain ?? undefined,
    top_level_domain: publicSuffix ?? undefined,
  };
}
