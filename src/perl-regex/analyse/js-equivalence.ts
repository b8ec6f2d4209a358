import {
  type Capture,
  forgets,
  hasCapture,
  kindsIn,
  type Lookaround,
  type Node,
  type Regex,
  some,
  widthOf,
} from '../parse/ast.js';

/**
 * How far a regex means the same in JavaScript as in Perl. `nothing`: it would find other matches. `found`: it finds a
 * match in the same texts, but match or groups may differ. `all`: match and groups are the same.
 */
export type JsEquivalence = 'nothing' | 'found' | 'all';

/**
 * Where they differ: a group that took no part fails a backreference in Perl and matches nothing in JavaScript;
 * a group keeps its value across the turns of a loop in Perl; a turn that matches nothing ends the loop in Perl and
 * is undone in JavaScript; JavaScript matches lookbehinds backwards; and it knows no recursion and no conditions.
 */
export function jsEquivalenceOf({ root }: Regex): JsEquivalence {
  const kinds = kindsIn(root);
  if (FOREIGN.some((kind) => kinds.has(kind)) && some(root, isForeign)) return 'nothing';
  if (kinds.has('backreference') && !backreferencesHold(root)) return 'nothing';
  if (!kinds.has('repeat')) return 'all';
  const emptyTurns = some(root, mayTurnEmpty);
  if (emptyTurns && (kinds.has('atomic') || kinds.has('backreference'))) return 'nothing';
  return emptyTurns || some(root, losesGroups) || hasDoubledGroupInLoop(root) ? 'found' : 'all';
}

const FOREIGN = ['recursion', 'conditional', 'backreference', 'look'] as const;

function isForeign(node: Node): boolean {
  switch (node.kind) {
    case 'recursion':
    case 'conditional':
      return true;
    case 'backreference':
      return node.ignoreCase || node.groups.length !== 1;
    case 'look':
      return node.toward === 'behind' && !readsBackwards(node);
    default:
      return false;
  }
}

/** Whether a lookbehind means the same if it is matched from its end. */
function readsBackwards({ body }: Lookaround): boolean {
  if (some(body, ({ kind }) => kind === 'atomic' || kind === 'backreference')) return false;
  return !hasCapture(body) || !some(body, isElastic);
}

function isElastic(node: Node): boolean {
  const { min, max } = widthOf(node);
  return min !== max;
}

/** A loop of several iterations, one of which may match nothing. */
function mayTurnEmpty(node: Node): boolean {
  return node.kind === 'repeat' && node.max > 1 && widthOf(node.body).min === 0;
}

/** A loop that does not set each of its groups in each iteration: JavaScript resets the value of an earlier one. */
function losesGroups(node: Node): boolean {
  if (node.kind === 'keep') return false;
  if (node.kind !== 'repeat' || node.max <= 1) return false;
  if (some(node.body, ({ kind }) => kind === 'keep')) return true;
  const assigned = assignedIn(node.body);
  return capturesIn(node.body).some(({ group }) => !assigned.has(group));
}

function capturesIn(node: Node): readonly Capture[] {
  const found: Capture[] = [];
  some(node, (inner) => {
    if (inner.kind === 'capture') found.push(inner);
    return false;
  });
  return found;
}

/** The groups that every pass through the node sets or unsets. */
function assignedIn(node: Node): ReadonlySet<number> {
  switch (node.kind) {
    case 'capture':
      return new Set([node.group, ...assignedIn(node.body)]);
    case 'sequence':
      return new Set(node.items.flatMap((item) => [...assignedIn(item)]));
    case 'choice':
      return common(node.branches.map(assignedIn));
    case 'repeat':
      return node.min > 0 || forgets(node) ? assignedIn(node.body) : new Set();
    case 'atomic':
      return assignedIn(node.body);
    case 'look':
      return node.negative ? new Set(capturesIn(node).map(({ group }) => group)) : assignedIn(node.body);
    default:
      return new Set();
  }
}

function common(sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const [first = new Set<number>(), ...others] = sets;
  return new Set([...first].filter((group) => others.every((other) => other.has(group))));
}

/** `(?|...)` gives several captures one number; JavaScript cannot tell which of them a loop set last. */
function hasDoubledGroupInLoop(root: Node): boolean {
  const groups = capturesIn(root).map(({ group }) => group);
  const doubled = new Set(groups.filter((group, i) => groups.indexOf(group) !== i));
  const holdsDoubled = (node: Node): boolean => capturesIn(node).some(({ group }) => doubled.has(group));
  return (
    doubled.size > 0 && some(root, (node) => node.kind === 'repeat' && node.max > 1 && holdsDoubled(node))
  );
}

/** Whether each backreference comes after its group has surely been set, by one capture only. */
function backreferencesHold(root: Node): boolean {
  const groups = capturesIn(root).map(({ group }) => group);
  let hold = true;
  const visit = (node: Node, known: ReadonlySet<number>): ReadonlySet<number> => {
    switch (node.kind) {
      case 'backreference': {
        const [group = 0] = node.groups;
        hold &&= known.has(group) && groups.indexOf(group) === groups.lastIndexOf(group);
        return known;
      }
      case 'capture':
        return new Set([...visit(node.body, known), node.group]);
      case 'sequence':
        return node.items.reduce((before, item) => visit(item, before), known);
      case 'choice':
        return common(node.branches.map((branch) => visit(branch, known)));
      case 'atomic':
        return visit(node.body, known);
      case 'repeat': {
        const after = visit(node.body, known);
        return node.min > 0 ? after : known;
      }
      case 'look': {
        const after = visit(node.body, known);
        return node.negative ? known : after;
      }
      default:
        return known;
    }
  };
  visit(root, new Set());
  return hold;
}
