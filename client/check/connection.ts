import { failed, type Outcome } from './step.ts';

/** What a connection was to reach. */
export type Peer = {
  name: 'ThreatConnect' | 'Elasticsearch' | 'Temporal';
  /** Without credentials. */
  address: string;
  /** The setting that says where it is. */
  setting: string;
  /** What may be set for a certificate that Node does not know. */
  certificate: string;
  /** `host:port` of the proxy before it. */
  proxy: string | null;
  /** What `NO_PROXY` has to do with it, a sentence; `null`: nothing. */
  noProxy: string | null;
};

const NO_NAME = /ENOTFOUND|EAI_AGAIN|EAI_NODATA/;
const TUNNEL = /HTTP Tunneling|Proxy response/i;
const NO_TLS_THERE = /wrong version number|packet length too long|EPROTO/i;
const TLS = /certificate|\bCERT_|_CERT\b|\bTLS\b|\bSSL\b|ERR_TLS|ERR_SSL|altname/i;
const REFUSED = /ECONNREFUSED/;
const SILENCE = /CONNECT_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed? ?out/i;
const BROKEN = /ECONNRESET|UND_ERR_SOCKET|other side closed|socket hang up|EPIPE/i;

/**
 * Why there is no connection, told apart by the words of the error: the name, the way, the certificate or the
 * proxy, each with what to do about it.
 *
 * @param message Node's own code or words are in it
 */
export function noConnection(peer: Peer, message: string): Outcome {
  const outcome = reasonOf(peer, message);
  return peer.noProxy === null
    ? outcome
    : { ...outcome, remedy: `${outcome.remedy}\n${peer.noProxy}` };
}

function reasonOf(peer: Peer, message: string): Outcome {
  const { name, address, setting, certificate, proxy } = peer;
  if (proxy !== null && isOfProxy(message, proxy)) {
    return failed(
      `the proxy ${proxy} gives no way to ${name} at ${address}: ${message}`,
      'Correct HTTPS_PROXY, or name the host in NO_PROXY where it is reached directly.',
    );
  }
  if (NO_NAME.test(message)) {
    return failed(
      `the name of ${name} at ${address} is not known: ${message}`,
      `Correct the host name in ${setting}, or the name service (DNS) of this machine.`,
    );
  }
  if (NO_TLS_THERE.test(message)) {
    return failed(
      `${name} at ${address} does not speak TLS: ${message}`,
      `Is ${setting} to begin with http:// instead of https://, or is its port another one?`,
    );
  }
  if (TLS.test(message)) {
    return failed(
      `the certificate of ${name} at ${address} is not trusted: ${message}`,
      `Name the authority that signed it in ${certificate}, and compare the host name in ${setting} with the certificate.`,
    );
  }
  if (REFUSED.test(message)) {
    return failed(
      `nothing listens for ${name} at ${address}: ${message}`,
      `Start it, or correct the host and port in ${setting}.`,
    );
  }
  if (SILENCE.test(message)) {
    return failed(
      `no connection to ${name} at ${address} in time: ${message}`,
      `Is a firewall in between, a VPN missing${name === 'ThreatConnect' ? ', or HTTPS_PROXY needed' : ''}? Else correct ${setting}.`,
    );
  }
  if (BROKEN.test(message)) {
    return failed(
      `the connection to ${name} at ${address} is broken off: ${message}`,
      `Is it still starting? Does ${setting} need https:// or another port?`,
    );
  }
  return failed(
    `${name} at ${address} cannot be reached: ${message}`,
    `Is it up? Else correct ${setting}.`,
  );
}

/** All that a connection through a proxy resolves and connects to is the proxy; the rest it says itself. */
function isOfProxy(message: string, proxy: string): boolean {
  const { hostname, port } = new URL(`tcp://${proxy}`);
  const isItsAddress =
    (REFUSED.test(message) || SILENCE.test(message)) && message.includes(`:${port}`);
  return (
    TUNNEL.test(message) || isItsAddress || (NO_NAME.test(message) && message.includes(hostname))
  );
}
