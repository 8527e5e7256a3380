/** Says that an index takes no documents, and what to do about it; `null` if it takes them. */
export function blocksText(settings: object): string | null {
  const { index } = settings as { index?: { blocks?: Record<string, unknown> } };
  const { blocks = {} } = index ?? {};
  const isSet = (name: string) => String(blocks[name]) === 'true';
  if (isSet('read_only_allow_delete')) {
    return (
      'index.blocks.read_only_allow_delete is set, because a disk is almost full: make room on the disk; ' +
      'Elasticsearch then removes the block by itself'
    );
  }
  const name = ['read_only', 'write'].find(isSet);
  return name === undefined
    ? null
    : `somebody has set index.blocks.${name}, so that it takes no documents: set it to null; it is not removed here`;
}
