import { cloudId, elasticsearchUrl } from './address-kinds.ts';
import { certificateFile, fingerprint } from './credential-kinds.ts';
import { oddCharacter, readHeaderValue } from './header-value.ts';
import { choice, elasticDuration, secret, text } from './kinds.ts';
import { Problem } from './problem.ts';
import { optional, withDefault, type Kind } from './setting.ts';

/** Stands before a colon in the header, so it cannot hold one. Hidden, as people confuse the two. */
const username: Kind<string> = {
  ...text(/^[^:\p{Cc}]+$/u, 'the name of a user, without a colon'),
  shown: 'hidden',
};

const apiKey = secret('an API key in its encoded form', readHeaderValue);

/** @see RFC 7617, section 2 "must not contain any control characters" */
const password = secret('the password of ES_USERNAME, without line breaks', (value) => {
  const odd = oddCharacter(value, /\p{Cc}/u);
  return odd === null ? value : new Problem(`has ${odd}, which no password can hold`);
});

/** Elasticsearch: where it is, who writes, and the assets that the program owns there. */
export const sink = {
  ES_URL: optional(elasticsearchUrl, {
    meaning: 'address of Elasticsearch',
    example: 'https://elasticsearch.example:9200',
    required: 'yes, or `ES_CLOUD_ID`',
  }),
  ES_CLOUD_ID: optional(cloudId, {
    meaning: 'deployment in Elastic Cloud, in place of the address',
    example: 'name:ZXUuZXhhbXBsZS5jb20kYWJjJGRlZg==',
    required: 'in place of `ES_URL`',
  }),
  ES_API_KEY: optional(apiKey, {
    meaning: 'API key that writes, in its encoded form',
    required: 'unless the cluster has no security or `ES_USERNAME` is set',
  }),
  ES_USERNAME: optional(username, {
    meaning: 'user that writes, in place of an API key',
    example: 'tcsync',
    required: 'with `ES_PASSWORD`',
  }),
  ES_PASSWORD: optional(password, {
    meaning: 'password of that user',
    required: 'with `ES_USERNAME`',
  }),
  ES_INSTALLER_API_KEY: optional(apiKey, {
    meaning:
      'API key with the privileges for templates, policies and transforms; unset: the credentials that write',
    pending: true,
  }),
  ES_CA_FILE: optional(certificateFile, {
    meaning: 'authority that signed the certificate of Elasticsearch; unset: those known to Node',
    example: '/etc/tcsync/elasticsearch-ca.pem',
  }),
  ES_CA_FINGERPRINT: optional(fingerprint, {
    meaning: 'SHA-256 of that authority, as Elasticsearch prints it at its first start; https only',
    example: `${'AB:'.repeat(31)}AB`,
  }),
  // 120 s: refreshes on Serverless are slow enough that a transform with 60 s missed documents
  ES_TRANSFORM_DELAY: withDefault('120s', elasticDuration('0s', '1h'), {
    meaning: 'how long the transform waits for documents to become searchable',
  }),
  // bounds: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-transform-put-transform
  ES_TRANSFORM_FREQUENCY: withDefault('30s', elasticDuration('1s', '1h'), {
    meaning: 'how often the transform looks for changes',
  }),
  ES_ILM_ROLLOVER: withDefault('1d', elasticDuration('1m', '365d'), {
    meaning: 'age at which the data stream gets a new backing index (at 50 GB in any case)',
  }),
  ES_ILM_DELETE: withDefault('7d', elasticDuration('1m', '3650d'), {
    meaning: 'age after that at which the old one is deleted',
  }),
  ES_ASSETS: withDefault('own', choice('own', 'feed-only', 'takeover'), {
    meaning:
      'own: create templates, policy and transform; feed-only: write documents, Fleet has the assets; takeover: replace Fleet’s, refused for now',
  }),
};
