import type { Activities } from '../../activities/index.ts';
import { RUN_TEMPLATE } from '../../activities/elasticsearch/assets/run-template.ts';
import { STATE_TEMPLATE } from '../../activities/elasticsearch/assets/state-template.ts';
import { dataStream, rejectStream } from '../../contracts/names.ts';
import type { Asked, Moment } from '../gate.ts';

const STREAM = dataStream('default');
const OWNERS = ['Acme Intelligence', 'Acme Feed', 'Café & Co', "O'Neill Source"];
/** The most frequent one first. */
const TYPES = ['Address', 'Host', 'File', 'URL', 'EmailAddress', 'CIDR'];
const OTHER_TYPES = ['ASN', 'Email Subject', 'Hashtag', 'Mutex', 'Registry Key', 'User Agent'];

/** How a run of a row's feed gets to its place. */
export type Kind = 'sync' | 'cut' | 'failing' | 'refused' | 'replay' | 'assets';

/** A request of an activity that is held while a process is killed. */
export type Row = {
  activity: keyof Activities;
  /** The moment, in words. */
  when: string;
  kind: Kind;
  at: 'source' | 'sink';
  moment: Moment;
  isIt: (asked: Asked) => boolean;
  nth: number;
  /** False if the request does not name its feed. */
  isOwn: boolean;
};

/** A worker reads the state for its metrics too, but only activities write it. */
const isWritten = (document: string) => (asked: Asked) =>
  asked.method === 'PUT' && asked.path.includes(`/_doc/${document}:`);
const isBulk = (stream: string) => (asked: Asked) => asked.path.startsWith(`/${stream}/_bulk`);
export const isPage = ({ path: asked }: Asked) => asked.includes('sorting=id asc');
const isOldest = ({ path: asked }: Asked) => asked.includes('sorting=lastModified');
const isCount = ({ path: asked }: Asked) => asked.includes('count=true');

function row(
  activity: Row['activity'],
  when: string,
  kind: Kind,
  at: Row['at'],
  moment: Moment,
  isIt: Row['isIt'],
  nth = 1,
  isOwn = true,
): Row {
  return { activity, when, kind, at, moment, isIt, nth, isOwn };
}

const ROWS: readonly Row[] = [
  // the largest feeds: a run makes a checkpoint after 20 pages
  row('checkpointWindow', 'before it writes the state', 'cut', 'sink', 'before', isWritten('feed')),
  row(
    'checkpointWindow',
    'when it has written the state',
    'cut',
    'sink',
    'after',
    isWritten('feed'),
  ),
  row('openWindow', 'before it counts', 'sync', 'source', 'before', isCount),
  row('openWindow', 'when it has counted', 'sync', 'source', 'after', isCount),
  row('planSlices', 'before its first request', 'sync', 'source', 'before', isOldest),
  row('planSlices', 'when its request is answered', 'sync', 'source', 'after', isOldest),
  row('syncPage', 'before the page is asked for', 'sync', 'source', 'before', isPage, 2),
  row(
    'syncPage',
    'before the bulk request is carried out',
    'sync',
    'sink',
    'before',
    isBulk(STREAM),
    2,
  ),
  row(
    'syncPage',
    'when the bulk request is carried out',
    'sync',
    'sink',
    'after',
    isBulk(STREAM),
    2,
  ),
  row(
    'syncPage',
    'before the bulk request of its rejects is carried out',
    'refused',
    'sink',
    'before',
    isBulk(rejectStream('default')),
  ),
  row(
    'syncPage',
    'when the bulk request of its rejects is carried out',
    'refused',
    'sink',
    'after',
    isBulk(rejectStream('default')),
  ),
  row('commitWindow', 'before it writes the state', 'sync', 'sink', 'before', isWritten('feed')),
  row('commitWindow', 'when it has written the state', 'sync', 'sink', 'after', isWritten('feed')),
  row(
    'saveProgress',
    'before it writes the progress',
    'failing',
    'sink',
    'before',
    isWritten('unfinished'),
  ),
  row(
    'saveProgress',
    'when it has written the progress',
    'failing',
    'sink',
    'after',
    isWritten('unfinished'),
  ),
  row('replayBatch', 'before a record is asked for', 'replay', 'source', 'before', isPage),
  row(
    'replayBatch',
    'when the bulk request of a record is carried out',
    'replay',
    'sink',
    'after',
    isBulk(STREAM),
  ),
  row(
    'replayBatch',
    'when the bulk request that settles a reject is carried out',
    'replay',
    'sink',
    'after',
    ({ path: asked, body }) => asked.startsWith('/_bulk') && body.includes('"written"'),
    1,
    false,
  ),
  row(
    'reconcileStep',
    'before an asset is created',
    'assets',
    'sink',
    'before',
    ({ method, path: asked }) => method === 'PUT' && asked === `/_index_template/${STATE_TEMPLATE}`,
    1,
    false,
  ),
  row(
    'reconcileStep',
    'when an asset is created',
    'assets',
    'sink',
    'after',
    ({ method, path: asked }) => method === 'PUT' && asked === `/_index_template/${RUN_TEMPLATE}`,
    1,
    false,
  ),
];

/** Each row has a feed of its own. Those in which every record is refused are the ones with the fewest records. */
const SELECTIONS = TYPES.flatMap((type) =>
  OWNERS.map((owner) => ({ owners: [owner], types: [type] })),
);

/** The feeds of `tcsync.yaml`: together they select every record, and no record twice. */
export const FEEDS = [...SELECTIONS, { owners: [], types: OTHER_TYPES }].map(
  ({ owners, types }, index) => {
    const name = `feed-${String(index).padStart(2, '0')}`;
    // true for each record: it marks the requests of the feed
    return { name, owners, types, tql: `summary != "${name}"` };
  },
);

/** A row and its feed. */
export type Placed = { row: Row; feed: string };

const isSmall = ({ kind }: Row) => kind === 'refused' || kind === 'replay';
const LARGE = ROWS.filter((each) => !isSmall(each));
const SMALL = ROWS.filter(isSmall);

export const PLACED: readonly Placed[] = [
  ...LARGE.map((each, index) => ({ row: each, feed: feedAt(index) })),
  ...SMALL.map((each, index) => ({
    row: each,
    feed: feedAt(SELECTIONS.length - SMALL.length + index),
  })),
];

function feedAt(index: number): string {
  return FEEDS[index]?.name ?? '';
}

/** The requests of a kind that name the feed. */
export function isOf(feed: string, isIt: Row['isIt']): Row['isIt'] {
  return (asked) => isIt(asked) && (asked.path.includes(feed) || asked.body.includes(`"${feed}"`));
}
