import { failed, type Outcome } from './step.ts';

/** The server that a connection should reach. */
export type Peer = {
  name: 'ThreatConnect' | 'Elasticsearch' | 'Temporal';
  /** Without credentials. */
  address: string;
  /** Name of the setting that contains the address. */
  setting: string;
  /** Names of the settings that help if Node does not trust the certificate. */
  certificate: string;
  /** `host:port` of the proxy in front of the server if the proxy failed; else `null`. */
  proxy: string | null;
  /** A sentence about the effect of `NO_PROXY` on this connection; `null` if it has none. */
  noProxy: string | null;
};

const NO_NAME = /ENOTFOUND|EAI_AGAIN|EAI_NODATA/;
const TUNNEL = /answered \d{3} to CONNECT/;
/** A server that sends an alert speaks TLS. */
const ALERT = /(?:tlsv[\d.]+|sslv3|ssl\/tls)[ _]alert[ _]/i;
const NO_TLS_THERE = /wrong.version.number|packet.length.too.long|http.request/i;
const CERTIFICATE =
  /certificate|\bCERT_|_CERT\b|UNABLE_TO_|ERR_TLS_CERT|altname|HOSTNAME_MISMATCH|UND_ERR_PRX_TLS/i;
const LEFT_EARLY = /before secure TLS connection was established/i;
const TLS = /EPROTO|\bTLS\b|\bSSL\b|ERR_TLS|ERR_SSL/i;
const REFUSED = /ECONNREFUSED/;
const SILENCE = /CONNECT_TIMEOUT|HEADERS_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed? ?out/i;
const BROKEN = /ECONNRESET|UND_ERR_SOCKET|UND_ERR_PRX_CONN|other side closed|socket hang up|EPIPE/i;

/**
 * Says why there is no connection (host name, network, certificate or proxy) and what to do. Finds the reason by the
 * words of the error.
 *
 * @param message contains the code or the message of Node's error
 */
export function noConnection(peer: Peer, message: string): Outcome {
  const outcome = reasonOf(peer, message);
  return peer.noProxy === null
    ? outcome
    : { ...outcome, remedy: `${outcome.remedy}\n${peer.noProxy}` };
}

function reasonOf(peer: Peer, message: string): Outcome {
  const { name, address, setting, certificate, proxy } = peer;
  // a host name may contain the words of a reason
  const { hostname } = new URL(`tcp://${address}`);
  const words = message.replaceAll(hostname, '');
  if (proxy === null) {
    const { detail, remedy } = reasonAt(`${name} at ${address}`, { setting, certificate }, words);
    const hint = SILENCE.test(words) && name === 'ThreatConnect' ? ' Is HTTPS_PROXY needed?' : '';
    return failed(`${detail}: ${message}`, `${remedy}${hint}`);
  }
  const { remedy } = reasonAt(proxy, { setting: 'HTTPS_PROXY', certificate }, words);
  return failed(
    `the proxy ${proxy} does not connect to ${name} at ${address}: ${message}`,
    `${remedy} If ${address} is reached directly, name it in NO_PROXY.`,
  );
}

function reasonAt(
  who: string,
  { setting, certificate }: Pick<Peer, 'setting' | 'certificate'>,
  words: string,
): { detail: string; remedy: string } {
  if (TUNNEL.test(words)) {
    return {
      detail: `${who} cannot be reached through the proxy`,
      remedy: `Is the host name in TC_URL correct, and can the proxy reach it? Else correct ${setting}.`,
    };
  }
  if (NO_NAME.test(words)) {
    return {
      detail: `the name of ${who} is not known`,
      remedy: `Correct the host name in ${setting}, or the name service (DNS) of this machine.`,
    };
  }
  if (ALERT.test(words)) {
    return {
      detail: `${who} speaks TLS, but refuses this client`,
      remedy: `Does it require a certificate of the client, or a version of TLS that Node does not offer? Is the host name in ${setting} its own?`,
    };
  }
  if (NO_TLS_THERE.test(words)) {
    return {
      detail: `${who} does not speak TLS`,
      remedy: `Should ${setting} begin with http:// instead of https://, or is its port another one?`,
    };
  }
  if (CERTIFICATE.test(words)) {
    return {
      detail: `the certificate of ${who} is not trusted`,
      remedy: `Name the authority that signed it in ${certificate}, and compare the host name in ${setting} with the certificate.`,
    };
  }
  if (LEFT_EARLY.test(words)) {
    return {
      detail: `${who} closed the connection before TLS began, and no certificate was seen`,
      remedy: `Is it still starting? Does a firewall or a load balancer close the connection? Else correct ${setting}: http:// instead of https://, or another port.`,
    };
  }
  if (REFUSED.test(words)) {
    return {
      detail: `nothing listens for ${who}`,
      remedy: `Start it, or correct the host and port in ${setting}.`,
    };
  }
  if (SILENCE.test(words)) {
    return {
      detail: `no connection to ${who} in time`,
      remedy: `Is a firewall in between, or a VPN missing? Else correct ${setting}.`,
    };
  }
  if (BROKEN.test(words)) {
    return {
      detail: `the connection to ${who} was lost`,
      remedy: `Is it still starting? Does ${setting} need https:// or another port?`,
    };
  }
  if (TLS.test(words)) {
    return {
      detail: `TLS with ${who} fails`,
      remedy: `Is its port a TLS port? Is a proxy or a firewall in between? Else correct ${setting}.`,
    };
  }
  return { detail: `${who} cannot be reached`, remedy: `Is it up? Else correct ${setting}.` };
}
