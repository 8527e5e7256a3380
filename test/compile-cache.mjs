import { enableCompileCache } from 'node:module';
import path from 'node:path';

/**
 * Every test file is a process, and starts more of them: each would parse and compile the same sources. With this they
 * find them compiled; the processes that they start inherit the variable.
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
const folder = path.join(import.meta.dirname, '../node_modules/.cache/compiled');
process.env.NODE_COMPILE_CACHE ??= folder;
enableCompileCache(process.env.NODE_COMPILE_CACHE);
