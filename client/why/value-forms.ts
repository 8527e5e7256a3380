import { refang } from '../../mapping/enriched/refang.ts';

/**
 * The texts that are searched for a value: as given, without blanks around it, refanged, defanged (`hxxp`, `[.]`), and
 * a hash in upper and lower case. An indicator that is stored in another form is not found.
 */
export function valueForms(given: string): string[] {
  const plain = refang(given.trim()).replace(/^hxxp/i, 'http');
  const dotted = plain.replaceAll('.', '[.]');
  const authority = plain.replace(/^(\w+:\/\/)?[^/]*/, (start) => start.replaceAll('.', '[.]'));
  const forms = [plain, dotted, authority];
  const defanged = forms.map((form) => form.replace(/^http/i, 'hxxp'));
  const hash = isHash(plain) ? [plain.toUpperCase(), plain.toLowerCase()] : [];
  return [...new Set([given, given.trim(), ...forms, ...defanged, ...hash])];
}

/** MD5, SHA-1 or SHA-256. */
function isHash(text: string): boolean {
  return /^[\da-f]+$/i.test(text) && [32, 40, 64].includes(text.length);
}
