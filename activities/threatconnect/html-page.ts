const HEAD_CHARACTERS = 16 * 1024;

const KINDS: readonly (readonly [sign: RegExp, words: string])[] = [
  [/type\s*=\s*["']?password|samlrequest|\b(?:log|sign)[ -]?[io]n\b/i, 'a log-in page'],
  [/maintenance/i, 'a maintenance page'],
  [
    /proxy|gateway|firewall|squid|nginx|cloudflare|zscaler|access denied|blocked/i,
    "a proxy's page",
  ],
];

/**
 * Names the kind of HTML page that a body is: log-in, maintenance, proxy. Its own text may hold anything and is not
 * quoted. `null` if the body is not a page.
 */
export function pageWords(body: string): string | null {
  const head = body.slice(0, HEAD_CHARACTERS);
  if (!/^\s*</.test(head)) return null;
  return KINDS.find(([sign]) => sign.test(head))?.[1] ?? 'a page for people';
}
