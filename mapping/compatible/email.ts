import type { Json } from '../exact-json.ts';

/**
 * User and domain of an e-mail address: what stands before and after the first `@`. After two `@` in a row
 * there is no domain, as the integration's pattern has it.
 */
export function splitAddress(address: Json | undefined): { name?: string; domain?: string } {
  if (typeof address !== 'string') return {};
  const at = address.indexOf('@');
  if (at === -1) return {};
  const domain = address.slice(at + 1);
  return { name: address.slice(0, at), domain: domain.startsWith('@') ? '' : domain };
}
