import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lazily } from './lazily.js';

/** The folder above `src`, or above `dist/lib`, where all this is when it is built. */
const ROOT = new URL('../../', import.meta.url);

/** Where the program is installed, with a slash at the end. */
export const PROGRAM_FOLDER = fileURLToPath(ROOT);

/** The config that comes with the program, for those who have none yet. */
export const EMBEDDED_CONFIG = fileURLToPath(new URL('conf/tenshi.conf', ROOT));

/** A day of an invented office, for machines without a log. */
export const SAMPLE_LOG = fileURLToPath(new URL('conf/sample.log', ROOT));

/** An ordinary day of it, such as those before. */
export const SAMPLE_LOG_BEFORE = fileURLToPath(new URL('conf/sample-before.log', ROOT));

/** A template that comes with the program, by the name of its file. */
export function embeddedTemplate(file: string): string {
  return fileURLToPath(new URL(`conf/templates/${file}`, ROOT));
}

/** This program's version: that which was started, whatever is installed meanwhile. */
export const version = lazily((): string => {
  const text = readFileSync(new URL('package.json', ROOT), 'utf8');
  const { version: found } = JSON.parse(text) as { version: string };
  return found;
});
