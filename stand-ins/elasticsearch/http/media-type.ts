import { notInStandIn, ShortError } from '../errors.ts';

const VENDOR = 'application/vnd.elasticsearch+json';

/**
 * The type of a JSON answer: with the vendor's name and version if the client asks for it so. The versions themselves
 * are not compared.
 *
 * @throws {ApiError} 406 for a body that is no JSON, 501 for another form of answer
 */
export function answerType(
  accept = '*/*',
  contentType: string | undefined,
  hasBody: boolean,
): string {
  const wanted = toTypes(accept);
  if (hasBody && !/json/.test(contentType ?? '')) {
    throw new ShortError(406, {
      type: 'content_type_header_exception',
      reason: `Content-Type header [${contentType ?? ''}] is not supported`,
    });
  }
  if (!wanted.some(({ type }) => /json|\*/.test(type))) throw notInStandIn(`[${accept}]`);
  const vendor = wanted.find(({ type }) => type === VENDOR);
  if (vendor === undefined) return 'application/json';
  return [VENDOR, ...vendor.parameters].join(';');
}

function toTypes(header: string): { type: string; parameters: string[] }[] {
  return header.split(',').map((one) => {
    const [type = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    return { type, parameters };
  });
}
