import { readFileSync, writeFileSync } from 'node:fs';
import { privilegesPage } from '../activities/elasticsearch/privileges-docs.ts';
import { commandsPage } from '../client/commands-docs.ts';
import { envExample, settingsPage } from '../config/settings-docs.ts';

// `npm run docs`: writes the pages that are generated from declarations
write('commands.md', commandsPage());
write('settings.md', settingsPage());
write('security.md', privilegesPage());
writeFileSync(new URL('../.env.example', import.meta.url), envExample());

/** Replaces the text after the comment that names this program. */
function write(page: string, text: string): void {
  const file = new URL(page, import.meta.url);
  const [head = ''] = /^[^]*<!-- npm run docs [^>]*-->\n/.exec(readFileSync(file, 'utf8')) ?? [];
  writeFileSync(file, `${head}\n${text}`);
}
