import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

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

/** This program's version. */
export function version(): string {
  const text = readFileSync(new URL('package.json', ROOT), 'utf8');
  const { version: found } = JSON.parse(text) as { version: string };
  return found;
}
