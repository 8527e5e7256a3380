const BLANK_MAX = 0x20;

/** Cuts characters up to U+0020 at both ends, as Java's `trim` does; a no-break space stays. */
export function trimBlanks(text: string): string {
  let begin = 0;
  let end = text.length;
  while (begin < end && text.charCodeAt(begin) <= BLANK_MAX) begin += 1;
  while (end > begin && text.charCodeAt(end - 1) <= BLANK_MAX) end -= 1;
  return begin === 0 && end === text.length ? text : text.slice(begin, end);
}
