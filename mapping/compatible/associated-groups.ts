import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import { change, convertElementValue, toChanges } from './changes.ts';
import { bool, date, keep, string } from './conversions.ts';
import { moveCreator } from './created-by.ts';
import { elementPath, type Elements } from './elements.ts';
import type { MappingErrors } from './errors.ts';
import { listOf } from './shape.ts';
import { addText } from './texts.ts';

export const ASSOCIATED_GROUPS = 'associatedGroups';

const CHANGES = toChanges(
  [
    ['id', 'id', string],
    ['ownerId', 'owner.id', string],
    ['ownerName', 'owner.name', keep],
    ['dateAdded', 'date_added', date],
    ['lastModified', 'last_modified', date],
    ['firstSeen', 'first_seen', date],
    ['lastSeen', 'last_seen', date],
    ['dueDate', 'due_date', date],
    ['emailDate', 'email_date', date],
    ['escalationDate', 'escalation_date', date],
    ['eventDate', 'event_date', date],
    ['publishDate', 'publish_date', date],
    ['reminderDate', 'reminder_date', date],
    ['externalDateAdded', 'external.date.added', date],
    ['externalDateExpires', 'external.date.expires', date],
    ['externalLastModified', 'external.last_modified', date],
    ['documentDateAdded', 'document.date_added', date],
    ['documentType', 'document.type', keep],
    ['fileName', 'file.name', keep],
    ['fileSize', 'file.size', string],
    ['fileText', 'file.text', keep],
    ['fileType', 'file.type', keep],
    ['generatedReport', 'generated_report', bool],
    ['scoreIncludesBody', 'score_includes_body', bool],
    ['upVote', 'up_vote', bool],
    ['malware', 'malware', bool],
    ['scoreBreakdown', 'score_breakdown', keep],
    ['upVoteCount', 'up_vote_count', keep],
    ['downVoteCount', 'down_vote_count', keep],
    ['webLink', 'web_link', keep],
    ['legacyLink', 'legacy_link', keep],
  ],
  ['to', 'from', 'userName'],
);

export function toGroup(element: JsonObject, index: number, errors: MappingErrors): JsonObject {
  const pathOf = (key: string): string => `${elementPath(ASSOCIATED_GROUPS, index)}.${key}`;
  const group = change(element, CHANGES, errors, pathOf);
  moveCreator(group, errors, pathOf);
  if (group.assignments !== undefined) {
    group.assignments = toAssignments(group.assignments, errors, pathOf);
  }
  if (group.attributes !== undefined && group.attributes !== null) {
    group.attributes = toAttributes(group.attributes, errors, pathOf);
  }
  return group;
}

/** Ids of users become texts; whatever else is there is left alone. */
function toAssignments(
  assignments: Json,
  errors: MappingErrors,
  pathOf: (key: string) => string,
): Json {
  if (!isObject(assignments) || !Array.isArray(assignments.data)) return assignments;
  const data = assignments.data.map((assignment, index) => {
    if (!isObject(assignment) || !isObject(assignment.user)) return assignment;
    const { id } = assignment.user;
    if (id === null || id === undefined) return assignment;
    const path = (): string => pathOf(`assignments.data[${index}].user.id`);
    const user = { ...assignment.user, id: convertElementValue(id, string, errors, path) };
    return { ...assignment, user };
  });
  return { ...assignments, data };
}

const NOT_KEPT_OF_ATTRIBUTES: readonly string[] = [
  'dateAdded',
  'default',
  'id',
  'lastModified',
  'pinned',
  'source',
];

/** Of a group's attributes only type and value are kept, and keys that are not known. */
function toAttributes(
  attributes: Json,
  errors: MappingErrors,
  pathOf: (key: string) => string,
): Json | undefined {
  const unwrapped = isObject(attributes) ? (attributes.data ?? unwrapNull(attributes)) : attributes;
  if (Array.isArray(unwrapped)) return unwrapped.map(withoutOwnKeys);
  if (unwrapped === undefined || isObject(unwrapped)) return unwrapped;
  errors.expected(pathOf('attributes'), 'an object');
  return undefined;
}

/** An object without `data` stays; one whose `data` is `null` has nothing. */
function unwrapNull(attributes: JsonObject): JsonObject | undefined {
  return attributes.data === null ? undefined : attributes;
}

function withoutOwnKeys(attribute: Json): Json {
  if (!isObject(attribute)) return attribute;
  const kept = { ...attribute };
  for (const key of NOT_KEPT_OF_ATTRIBUTES) {
    if (kept[key] !== undefined) kept[key] = undefined;
  }
  return kept;
}

/** Addresses of e-mail groups, each once: a text, or a list of texts. */
export function groupAddresses(groups: Elements, key: 'to' | 'from'): Json[] | undefined {
  const addresses = new Set<string>();
  for (const group of groups) {
    const value = group?.[key];
    for (const address of Array.isArray(value) ? value : [value]) addText(addresses, address);
  }
  return listOf(addresses);
}
