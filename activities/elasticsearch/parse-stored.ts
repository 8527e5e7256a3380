import { z } from 'zod';
import { StoredUnreadableError } from '../../contracts/errors.ts';

/**
 * Parses a document that the program has stored.
 *
 * @param where path of the document: `tcsync-state-default/_doc/feed:default`
 * @param loss what is lost if the document is deleted
 * @throws {StoredUnreadableError} if the document has another form
 */
export function parseStored<T>(
  schema: z.ZodType<T>,
  source: unknown,
  { where, loss }: { where: string; loss: string },
): T {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
  throw new StoredUnreadableError(
    `${where} is not as this version writes it (${field}: ${issue?.message}): another version or somebody ` +
      `changed it; restore it, or \`DELETE ${where}\`, after which ${loss}`,
  );
}
