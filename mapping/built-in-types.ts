/**
 * Indicator types that every instance has; an administrator can add others.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/indicators/indicators.html
 */
export const BUILT_IN_TYPES: ReadonlySet<string> = new Set([
  'Address',
  'ASN',
  'CIDR',
  'EmailAddress',
  'Email Subject',
  'File',
  'Hashtag',
  'Host',
  'Mutex',
  'Registry Key',
  'URL',
  'User Agent',
]);
