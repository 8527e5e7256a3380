import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urlParts } from '../../../../mapping/enriched/url.ts';
import { at, TI } from '../compatible/map.ts';
import { documentOf } from './enrich.ts';

/** Parts that exist and are not empty. */
function parts(of: object): object {
  return Object.fromEntries(
    Object.entries(of).filter(([, part]) => part !== undefined && part !== ''),
  );
}

const ROOT = { scheme: 'http', path: '/' };
const EXAMPLE = {
  domain: 'example.com',
  registered_domain: 'example.com',
  top_level_domain: 'com',
};

for (const [text, expected] of [
  ['http://example.com', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  ['HTTP://EXAMPLE.COM:80/', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  ['hxxp://example.com', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  ['hXXp[://]example[.]com', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  ['hxxp(:)//example(dot)com', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  ['http[:]//example[.]com[:]80', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  [' http://example.com\n', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  ['http://example.com.', { full: 'http://example.com./', ...ROOT, ...EXAMPLE }],
  ['http://user:secret@example.com', { full: 'http://example.com/', ...ROOT, ...EXAMPLE }],
  [
    'hxxps://a.b.example.co.uk:8443/x/y.tar.gz?q=[.]&r#f',
    {
      full: 'https://a.b.example.co.uk:8443/x/y.tar.gz?q=[.]&r#f',
      scheme: 'https',
      domain: 'a.b.example.co.uk',
      registered_domain: 'example.co.uk',
      subdomain: 'a.b',
      top_level_domain: 'co.uk',
      port: 8443,
      path: '/x/y.tar.gz',
      query: 'q=[.]&r',
      fragment: 'f',
      extension: 'gz',
    },
  ],
  [
    'http://a.github.io/.htaccess',
    {
      full: 'http://a.github.io/.htaccess',
      scheme: 'http',
      domain: 'a.github.io',
      registered_domain: 'github.io',
      subdomain: 'a',
      top_level_domain: 'io',
      path: '/.htaccess',
    },
  ],
  [
    'http://[2001:DB8::1]:8080',
    { full: 'http://[2001:db8::1]:8080/', ...ROOT, domain: '2001:db8::1', port: 8080 },
  ],
  ['http://[::]', { full: 'http://[::]/', ...ROOT, domain: '::' }],
  [
    'http://192.0.2.1/a.',
    { full: 'http://192.0.2.1/a.', scheme: 'http', domain: '192.0.2.1', path: '/a.' },
  ],
  ['http://co.uk', { full: 'http://co.uk/', ...ROOT, domain: 'co.uk' }],
  ['http://printer.lan', { full: 'http://printer.lan/', ...ROOT, domain: 'printer.lan' }],
  [
    'http://münchen.de',
    {
      full: 'http://xn--mnchen-3ya.de/',
      ...ROOT,
      domain: 'xn--mnchen-3ya.de',
      registered_domain: 'xn--mnchen-3ya.de',
      top_level_domain: 'de',
    },
  ],
  [
    'tcp://Bad.Example.COM:4444',
    {
      full: 'tcp://Bad.Example.COM:4444',
      scheme: 'tcp',
      domain: 'Bad.Example.COM',
      registered_domain: 'example.com',
      subdomain: 'bad',
      top_level_domain: 'com',
      port: 4444,
    },
  ],
  ['http://a..com', { full: 'http://a..com/', ...ROOT, domain: 'a..com' }],
  ['ftp://example.com/a', { full: 'ftp://example.com/a', scheme: 'ftp', ...EXAMPLE, path: '/a' }],
  ['http:example.com', {}],
  ['example.com/x', {}],
  ['//example.com', {}],
  ['mailto:a@example.com', {}],
  ['http://', {}],
  ['file:///etc/passwd', {}],
  ['http://exa mple.com', {}],
  ['http://a:99999/', {}],
  ['', {}],
] as const) {
  test(`${JSON.stringify(text)} has the expected parts of a URL`, () => {
    assert.deepEqual(parts(urlParts(text)), expected);
  });
}

test('no part of a URL holds the password', () => {
  const document = documentOf({ type: 'URL', text: 'http://u:secret@example.com/x' });
  const { original, ...others } = at(document, `${TI}.url`) as Record<string, unknown>;
  assert.equal(original, 'http://u:secret@example.com/x');
  assert.ok(!JSON.stringify(others).includes('secret'));
});

test('only URLs and hosts have URL parts', () => {
  const values = { text: 'http://example.com', hostName: 'example.com' };
  assert.equal(at(documentOf({ ...values, type: 'File' }), `${TI}.url`), undefined);
  assert.deepEqual(at(documentOf({ ...values, type: 'My URL' }), `${TI}.url`), {
    original: 'http://example.com',
  });
  assert.deepEqual(at(documentOf({ ...values, type: 'Host' }), `${TI}.url`), EXAMPLE);
});

test('a value that is no text has no parts', () => {
  assert.deepEqual(urlParts(5), {});
});
