import { z } from 'zod';
import { StoredUnreadableError } from '../../contracts/errors.ts';

/**
 * What the program has stored, as it must be.
 *
 * @param where `tcsync-state-default/_doc/feed:default`
 * @param loss what it costs to delete the document
 * @throws {StoredUnreadableError} where something else stands there
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
