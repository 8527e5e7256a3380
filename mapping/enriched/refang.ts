/** A dot, a colon or slashes in brackets, `[dot]` and `\.`: people keep what is bad from being clicked. */
const DEFANGED = /[[({](dot|\.|:?\/\/?|:)[\])}]|\\\./gi;

/** `bad[.]example(dot)com[:]80` as `bad.example.com:80`. */
export function refang(text: string): string {
  return text.replaceAll(DEFANGED, (_, inside?: string) =>
    inside === undefined || inside.toLowerCase() === 'dot' ? '.' : inside,
  );
}
