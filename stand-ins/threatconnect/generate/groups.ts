import type { Owner } from '../owners.ts';
import type { Random } from './random.ts';
import { createdBy, instant, object, quoted, sentences, type Members } from './text.ts';

const GROUP_TYPES = [
  ...([
    'Adversary',
    'Attack Pattern',
    'Campaign',
    'Course of Action',
    'Document',
    'Email',
  ] as const),
  ...(['Event', 'Incident', 'Intrusion Set', 'Malware', 'Report', 'Signature', 'Tactic'] as const),
  ...(['Task', 'Threat', 'Tool', 'Vulnerability'] as const),
] as const;

const DAY_MS = 86_400_000;
const NOBODY = { id: 1, name: '' };

/**
 * Groups as an indicator nests them, each with its default keys and the keys of its type.
 *
 * @param span range of the times at which the groups were added and modified, epoch milliseconds
 * @see the vendor's "Groups" page
 */
export function makeGroups(
  random: Random,
  owners: readonly Owner[],
  span: { fromMs: number; toMs: number },
  count: number,
): string[] {
  return Array.from({ length: count }, (_unused, index) => {
    const owner = owners[random.int(0, owners.length - 1)];
    const id = BigInt(600_000 + index * 7);
    return object(makeGroup(random, owner ?? NOBODY, span, id, String(index)));
  });
}

/** One group; its name ends in `suffix`. */
export function makeGroup(
  random: Random,
  owner: Pick<Owner, 'id' | 'name'>,
  span: { fromMs: number; toMs: number },
  id: bigint,
  suffix: string,
): Members {
  const type = random.pick(GROUP_TYPES);
  const addedMs = random.int(span.fromMs, span.toMs - DAY_MS);
  const modifiedMs = random.int(addedMs, span.toMs);
  const page = type.toLowerCase().replaceAll(' ', '');
  return [
    ['id', String(id)],
    ['dateAdded', instant(addedMs)],
    ['ownerId', String(owner.id)],
    ['ownerName', quoted(owner.name)],
    ['webLink', quoted(`https://tc.example.com/#/details/groups/${id}/overview`)],
    ['type', quoted(type)],
    ['name', quoted(`${random.word()} ${random.word()} ${suffix}`)],
    ['createdBy', createdBy(owner.name)],
    ['upVoteCount', quoted(String(random.int(0, 9)))],
    ['downVoteCount', quoted('0')],
    ...ownMembers(type, addedMs, random),
    ['lastModified', instant(modifiedMs)],
    ['legacyLink', quoted(`https://tc.example.com/auth/${page}/${page}.xhtml?${page}=${id}`)],
  ];
}

function ownMembers(type: string, addedMs: number, random: Random): Members {
  const file = `${random.word()}.pdf`;
  switch (type) {
    case 'Document':
    case 'Report':
      return [
        ['fileName', quoted(file)],
        ['fileSize', String(random.int(1000, 90_000))],
        ['status', quoted('Success')],
        ['documentType', quoted('PDF')],
        ['documentDateAdded', instant(addedMs)],
        ['generatedReport', 'false'],
      ];
    case 'Email':
      return [
        ['to', quoted(`${random.word()}@example.com`)],
        ['from', quoted(`${random.word()}@example.net`)],
        ['subject', quoted(sentences(random, 5))],
        ['body', quoted(sentences(random, 30))],
        ['scoreIncludesBody', 'true'],
        ['emailDate', instant(addedMs)],
      ];
    case 'Event':
    case 'Incident':
      return [
        ['status', quoted('New')],
        ['eventDate', instant(addedMs)],
      ];
    case 'Signature':
      return [
        ['fileName', quoted(`${random.word()}.yar`)],
        ['fileType', quoted('YARA')],
        ['fileText', quoted(`rule ${random.word()} { condition: true }`)],
        ['signatureDateAdded', instant(addedMs)],
      ];
    case 'Task':
      return [
        ['status', quoted('In Progress')],
        ['dueDate', instant(addedMs + 14 * DAY_MS)],
      ];
    default:
      return [];
  }
}
