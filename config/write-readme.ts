import { readFileSync, writeFileSync } from 'node:fs';
import { configTable } from './settings-page.ts';

const README = new URL('../README.md', import.meta.url);
const PLACE = /(<!-- settings: [^>]*-->\n)[^]*(<!-- \/settings -->)/;

// `npm run readme`: the README's table of settings is made from the schema
writeFileSync(
  README,
  readFileSync(README, 'utf8').replace(
    PLACE,
    (_all, begin: string, end: string) => `${begin}\n${configTable()}\n${end}`,
  ),
);
