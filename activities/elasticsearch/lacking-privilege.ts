/**
 * The privilege that a refused request lacks, from Elasticsearch's reason: `the cluster privilege manage_ilm (manage or
 * all grants it too)`. `null` if the reason names none. Such a reason quotes names, and nothing of a document.
 *
 * @param reason of a `security_exception`
 */
export function lackingPrivilege(reason: string): string | null {
  const [, kind = '', list = ''] = GRANTED_BY.exec(reason) ?? [];
  if (list !== '') {
    const [privilege = '', ...wider] = list.split(',');
    const [, names = ''] = ON_INDICES.exec(reason) ?? [];
    const others = wider.length === 0 ? '' : ` (${wider.join(' or ')} grants it too)`;
    const where = names === '' ? '' : ` on ${names.split(',').join(', ')}`;
    return `the ${kind} privilege ${privilege}${where}${others}`;
  }
  const [, permissions = ''] = PERMISSIONS.exec(reason) ?? [];
  const each = [...permissions.matchAll(PERMISSION)].map(
    ([, name, privileges]) => `${privileges} on ${name}`,
  );
  return each.length === 0 ? null : `the index privileges ${each.join('; ')}`;
}

const GRANTED_BY = /this action is granted by the (cluster|index) privileges \[([a-z_,]+)\]/;
const ON_INDICES = /on indices \[([\w.,*@-]+)\]/;
/** Of a transform: `… lacks the required permissions [a:[read, index], b:[]]`. */
const PERMISSIONS = /lacks the required permissions \[(.*)\]$/s;
const PERMISSION = /([\w.*@-]+):\[([a-z_]+(?:, [a-z_]+)*)\]/g;
