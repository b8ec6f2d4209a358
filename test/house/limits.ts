import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { parseSync } from 'vite';
import { isNode, visit } from './measure.js';

/** A named limit of the program. */
export interface Limit {
  /** Relative to `src`. */
  readonly path: string;
  readonly name: string;
  /** As it is written there. */
  readonly value: string;
  /** The first sentence of its comment; null where there is none. */
  readonly reason: string | null;
}

const LIMIT = /^(?:MAX|MIN|MOST|LEAST|FEWEST|LONGEST|SHORTEST)_[A-Z]/;

/** Reads all named limits below a folder, in the order of their files. */
export function readLimits(folder: string): Limit[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort()
    .flatMap((path) => limitsOf(path, readFileSync(join(folder, path), 'utf8')));
}

/** The limits of one file, in its order. */
export function limitsOf(path: string, text: string): Limit[] {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const limits: Limit[] = [];
  visit(program, ({ type, start, id, init }) => {
    if (type !== 'VariableDeclarator' || !isNode(id) || !isNode(init)) return;
    const name = String(id.name);
    if (!LIMIT.test(name) || /Function/.test(init.type)) return;
    const comment = commentBefore(start);
    const value = text.slice(init.start, init.end).replaceAll(/\s+/g, ' ');
    limits.push({ path, name, value, reason: comment === null ? null : firstSentence(comment) });
  });
  return limits;

  /** The comment that ends above the declaration at `start`: no empty line, and only other constants in between. */
  function commentBefore(start: number): string | null {
    const comment = comments.findLast(({ type, end }) => type === 'Block' && end <= start);
    if (!comment) return null;
    const between = text.slice(comment.end, start);
    return /^\n(?:[ \t]*(?:export )?const [^\n]*;[^\n]*\n)*[ \t]*(?:export )?const $/.test(between)
      ? comment.value
      : null;
  }
}

/** The first sentence of a comment, without its stop. */
function firstSentence(comment: string): string {
  const words = comment
    .replaceAll(/^\s*\*/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return (/^.*?[.;](?= [A-Z`(]|$)/.exec(words)?.[0] ?? words).replace(/[.;]$/, '');
}

/** The part of `src/README.md` that lists the limits. */
export function renderLimits(limits: readonly Limit[]): string {
  const rows = limits.map(
    ({ path, name, value, reason }) =>
      `| \`${path}\` | \`${name}\` | ${cell(numeral(value))} | ${cell(reason ?? '')} |`,
  );
  return [
    '## Limits',
    '',
    'Every buffer has one (law 4), and so has everything else that an input can make grow. `test/house/limits.ts` makes',
    'this table of the sources; `LIMITS=write npx vitest run --config test/vitest.config.ts house/limits` renews it.',
    '',
    '| where | limit | value | the first sentence of its comment |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Thousands are parted by commas. */
function numeral(value: string): string {
  return value.replaceAll(/\b\d[\d_]*\b/g, (digits) => {
    const number = Number(digits.replaceAll('_', ''));
    return digits.includes('_') || number >= 10_000 ? number.toLocaleString('en-US') : digits;
  });
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
