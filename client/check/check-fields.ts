import { SourceBadRequestError, SourceForbiddenError } from '../../contracts/errors.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { Feed } from '../../config/config.ts';
import { isObject, type Json, type JsonObject } from '../../mapping/exact-json.ts';
import { isOfAnother, LET_THROUGH, saidBy } from './advice.ts';
import type { Checklist, Head } from './checklist.ts';
import { EVERYTHING } from '../../activities/threatconnect/tql.ts';
import { recordsOf } from './reading.ts';
import { failed, ok, warning } from './step.ts';

export const FIELDS: Head = {
  name: 'fields',
  subject: 'whether the optional fields may be read',
  trouble: 'optional fields are refused',
  needs: ['credentials', 'queries'],
};

/**
 * Fields that every record has if the request asks for them (`{}` if they are empty). If one of these is missing,
 * ThreatConnect left it out. Other fields, such as `externalDates`, are absent from a record that has no value.
 */
const COLLECTIONS = new Set([
  'associatedArtifacts',
  'associatedCases',
  'associatedGroups',
  'associatedIndicators',
  'attributes',
  'securityLabels',
  'tags',
]);

/** Maximum number of records in which a field is searched. */
const LOOKED_AT = 100;

/**
 * Asks for each field in a request of its own. ThreatConnect refuses a field that is not allowed, or silently leaves
 * it out. A request for several fields would not show which of them is not allowed.
 */
export async function checkFields(
  list: Checklist,
  source: ThreatConnect,
  feeds: readonly Feed[],
  signal: () => AbortSignal,
): Promise<void> {
  await list.take(FIELDS, async () => {
    const fields = [...new Set(feeds.flatMap((feed) => feed.fields))];
    const refused: string[] = [];
    const silent: string[] = [];
    for (const field of fields) {
      try {
        if (!(await hasEffect(source, field, signal))) silent.push(field);
      } catch (error) {
        if (!(error instanceof SourceBadRequestError || error instanceof SourceForbiddenError)) {
          throw error;
        }
        if (isOfAnother(error))
          return failed(`the request for ${field} is refused: ${saidBy(error)}`, LET_THROUGH);
        refused.push(`${field} (${saidBy(error)})`);
      }
    }
    if (refused.length > 0) {
      return failed(
        `ThreatConnect refuses ${refused.join(', ')}${silent.length > 0 ? ` and leaves out ${silent.join(', ')}` : ''}`,
        `Remove them from TC_FIELDS or tcsync.yaml. ${LEVELS}`,
      );
    }
    if (silent.length > 0) {
      return warning(
        `ThreatConnect silently leaves out ${silent.join(', ')}: none of the oldest records (${LOOKED_AT} at most) has it`,
        `If no other record has it either, documents do not contain it. ${LEVELS}`,
      );
    }
    return ok(
      fields.length === 0
        ? 'no optional field is asked for'
        : `the ${fields.length === 1 ? 'optional field' : `${fields.length} optional fields`} may be read`,
    );
  });
}

const LEVELS =
  'Fields below associated groups and indicators need the API user’s right “Allow User to Exceed API Link Limit”, or a higher v3ApiIntelLinkLimit of the instance.';

/** True also if the records prove nothing. */
async function hasEffect(
  source: ThreatConnect,
  field: string,
  signal: () => AbortSignal,
): Promise<boolean> {
  const [first = '', ...rest] = field.split('.');
  const [record] = await recordsOf(source, EVERYTHING, [field], 1, signal());
  if (record === undefined || !COLLECTIONS.has(first)) return true;
  if (shows(record, [first, ...rest]) === true) return true;
  // a single record may lack even a field that every record should have
  const records = await recordsOf(source, EVERYTHING, [field], LOOKED_AT, signal());
  const seen = new Set(records.map((each) => shows(each, [first, ...rest])));
  return seen.has(true) || !seen.has(false);
}

/** Whether the record has the field at this path; `null` if a collection on the path has no element. */
function shows(record: JsonObject, [key = '', ...rest]: readonly string[]): boolean | null {
  if (!(key in record)) return false;
  if (rest.length === 0) return true;
  const seen = elementsOf(record[key]).map((element) => shows(element, rest));
  return seen.find((one) => one === true) ?? seen.find((one) => one === false) ?? null;
}

function elementsOf(collection: Json | undefined): JsonObject[] {
  const data = isObject(collection) ? collection.data : undefined;
  return Array.isArray(data) ? data.filter((element) => isObject(element)) : [];
}
