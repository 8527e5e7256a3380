import { apiKeyRequest, needs, type Holder, type Need } from './privileges.ts';

const CONTEXT = { namespace: 'default', assets: 'own', flavour: 'stack' } as const;

const SECTIONS: readonly (readonly [Holder, string])[] = [
  ['installer', '`ES_INSTALLER_API_KEY`: the key of the installer'],
  ['ingester', '`ES_API_KEY`: the key of the runs, beside that of an installer'],
  ['both', '`ES_API_KEY`: one key for everything'],
];

/** The generated part of `docs/security.md`: for each key the request that makes it, and what its privileges are for. */
export function privilegesPage(): string {
  return SECTIONS.map(
    ([holder, title]) =>
      `## ${title}\n\n${request(holder)}${holder === 'both' ? '' : purposes(holder)}`,
  ).join('\n');
}

function request(holder: Holder): string {
  const body = JSON.stringify(apiKeyRequest(holder, CONTEXT), null, 2)
    // short lists on one line
    .replaceAll(
      /\[\s+("[^[{]*?")\s+\]/g,
      (_list, items: string) => `[${items.replaceAll(/\s+/g, ' ')}]`,
    );
  return `\`\`\`text\nPOST _security/api_key\n${body}\n\`\`\`\n`;
}

function purposes(holder: Holder): string {
  const places = new Map<string, Need[]>();
  for (const need of needs(holder, CONTEXT)) {
    const place = need.on === null ? 'the cluster' : need.on.map(code).join(' and ');
    places.set(place, [...(places.get(place) ?? []), need]);
  }
  return [...places]
    .map(
      ([place, of]) =>
        `\nOn ${place}:\n\n${of.map(({ privilege, purpose }) => `- ${code(privilege)}: ${purpose}\n`).join('')}`,
    )
    .join('');
}

function code(text: string): string {
  return `\`${text}\``;
}
