import type { Conditional, Node, Test } from './ast.js';
import type { Grammar } from './grammar.js';

/**
 * `(?(1)then|else)`, after its second `(`. `readGroup` reads a group that begins here: a lookaround as a condition.
 */
export function parseConditional(
  grammar: Grammar,
  offset: number,
  readGroup: (offset: number) => Node | null,
): Conditional {
  const { cursor } = grammar;
  const test = parseTest(grammar, offset, readGroup);
  const branches: Node[] = [];
  const outer = cursor.modifiers;
  grammar.nested(offset, () => {
    do branches.push(grammar.readSequence());
    while (cursor.skip('|'));
  });
  cursor.modifiers = outer;
  if (branches.length > (test.kind === 'define' ? 1 : 2))
    cursor.refuse(
      offset,
      `a condition with ${branches.length} branches`,
      test.kind === 'define' ? 'put the branches into a group' : 'write (?(1)then|else)',
    );
  const nothing: Node = { kind: 'sequence', items: [] };
  return { kind: 'conditional', test, yes: branches[0] ?? nothing, no: branches[1] ?? nothing };
}

function parseTest(
  { cursor, groups }: Grammar,
  offset: number,
  readGroup: (offset: number) => Node | null,
): Test {
  const start = cursor.at;
  if (cursor.peek() === '?' || cursor.peek() === '*') {
    cursor.at--;
    const look = cursor.looksAt('(?{') || cursor.looksAt('(?p{') ? null : readGroup(start - 1);
    if (look?.kind === 'look') return { kind: 'look', look };
    return cursor.refuse(start - 1, 'a condition that is not a lookaround', 'write (?(?=...)then|else)');
  }
  const text = cursor.takeUntil(')') ?? '';
  if (text === 'DEFINE') return { kind: 'define' };
  if (text === 'R') return { kind: 'recursing', groups: null };
  const [, recursing, number, recursingName, angled, quoted] =
    /^(R)?(?:(\d+)|(?<=R)&(\w+)|<(\w+)>|'(\w+)')$/.exec(text) ?? [];
  const name = recursingName ?? angled ?? quoted;
  if (number === undefined && name === undefined)
    return cursor.refuse(
      offset,
      `the condition "(${text})"`,
      'write a group: (?(1)then|else) or (?(<name>)then|else)',
    );
  const tested = number !== undefined ? [Number(number)] : groups.named(name ?? '', offset);
  return { kind: recursing === undefined ? 'groups' : 'recursing', groups: tested };
}
