import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrefixCutter } from '../../src/migrate/regex/cut-prefix.js';
import { readEre } from '../../src/migrate/regex/read-ere.js';
import type { Branch, RegexNode } from '../../src/migrate/regex/regex-node.js';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { createRandom, type Random } from '../support/random.js';

const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));

/** Lines of syslog, each with a stamp of its own: made of the rules in the folders of logcheck, as they are and a bit changed. */
export function linesOfRules(folder: string, count: number, seed: number): string[] {
  const random = createRandom(seed);
  const rules = readRules(folder);
  const cutter = new PrefixCutter();
  const lines: string[] = [];
  while (lines.length < count) {
    const tree = readEre(random.pick(rules as [string, ...string[]]));
    const branch = tree.ok ? random.pick(tree.branches as [Branch, ...Branch[]]) : [];
    const cut = cutter.cut(branch);
    if (!cut.ok) continue;
    const text = changed(textOf(cut.regex.rest ?? branch, random), random);
    // tayori gives such a tag its colon.
    if (/^[^\s:]*\] /.test(text)) continue;
    if (text.trim() !== '') lines.push(`${stamp(lines.length)} web1 ${text}`);
  }
  return lines;
}

/** Every other one as in RFC 3339. */
function stamp(number: number): string {
  const time = [Math.floor(number / 3600), Math.floor(number / 60) % 60, number % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return number % 2 === 0 ? `Nov 30 ${time}` : `2026-11-30T${time}.123456+00:00`;
}

function readRules(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(?:cracking|violations|ignore)\b/.test(name))
    .flatMap((name) =>
      readdirSync(join(folder, name)).flatMap((file) =>
        readFileSync(join(folder, name, file), 'utf8')
          .split('\n')
          .filter((line) => !/^#|^\s*$/.test(line)),
      ),
    );
}

function changed(text: string, random: Random): string {
  // Not within the tag, which would be another one then.
  const tag = /^\S*: /.exec(text)?.[0].length ?? 0;
  const at = tag + random.below(text.length + 1 - tag);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return `${text.slice(0, at)}${random.pick(['x', ' ', '7', ':', '-'])}${text.slice(at)}`;
    case 2:
      return `${text}   `;
    case 3:
      return `${text} and more`;
    default:
      return text;
  }
}

function textOf(nodes: Branch, random: Random): string {
  return nodes.map((node) => textOfNode(node, random)).join('');
}

function textOfNode(node: RegexNode, random: Random): string {
  switch (node.kind) {
    case 'unit': {
      const chars = charsOf(node.perl);
      return chars.length === 0 ? '' : random.pick(chars as [string, ...string[]]);
    }
    case 'group':
      return textOf(random.pick(node.branches as [Branch, ...Branch[]]), random);
    case 'repeat': {
      const most = Math.min(node.most ?? node.least + 3, node.least + 3);
      const times = node.least + random.below(most - node.least + 1);
      return Array.from({ length: times }, () => textOfNode(node.item, random)).join('');
    }
    default:
      return '';
  }
}

const known = new Map<string, readonly string[]>();

function charsOf(perl: string): readonly string[] {
  const found = known.get(perl);
  if (found) return found;
  const compiled = compile(`^${perl}$`);
  const chars = compiled.ok ? PRINTABLE.filter((char) => compiled.pattern.test(char)) : [];
  known.set(perl, chars);
  return chars;
}
