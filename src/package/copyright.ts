import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly homepage?: string;
}

const FORMAT = 'https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/';

/** Licenses whose texts come with Debian, of those that modules here may have. */
const COMMON = ['Apache-2.0'];

/** The copyright file: tayori's own license, and that of each module in the package, word for word. */
export function copyrightOf(root: string, modules: readonly string[], library: string): string {
  const own = paragraph('*', root);
  const others = modules.map((module) => paragraph(`${library}/${module}/*`, join(root, module)));
  return [`Format: ${FORMAT}\nUpstream-Name: tayori\n`, own, ...others].join('\n');
}

function paragraph(files: string, folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const brought = licenseText(folder);
  const holders = holdersIn(brought) || authorOf(manifest);
  const license = manifest.license ?? 'see-below';
  const text = COMMON.includes(license)
    ? `On Debian systems the text of this license is in /usr/share/common-licenses/${license}.`
    : brought;
  return [
    `Files: ${files}`,
    `Copyright: ${holders}`,
    `License: ${license.replaceAll(/[()]/g, '')}`,
    ...(text.trim() === '' ? [' The package names this license and brings no text of it.'] : indented(text)),
    '',
  ].join('\n');
}

/** An empty line is a dot in a field of several lines. */
function indented(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`));
}

function licenseText(folder: string): string {
  const name = readdirSync(folder).find((file) => /^(?:licen[cs]e|copying)/i.test(file));
  return name !== undefined && existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
}

function holdersIn(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const found = lines.filter((line) => /^copyright\b.*\d{4}|^copyright \(c\)/i.test(line));
  return found.map((line) => line.replace(/^copyright\s*(?:\(c\)|©)?\s*/i, '')).join('\n ');
}

function authorOf({ author, name }: Manifest): string {
  if (author === undefined) return `the authors of ${name}`;
  return typeof author === 'string' ? author : author.name;
}
