import { type Branch, type RegexNode, writeBranch } from './regex-node.js';

/** How a regex begins when what is left of a stamp may be missing. */
export interface Loosened {
  readonly perl: string;
  /** Whether the regex expects what is left of a stamp: blanks, `[]` or a colon. */
  readonly expectsStamp: boolean;
  /** Whether that may be `[]`. */
  readonly expectsBrackets: boolean;
}

/**
 * Makes optional what stands in front where fail2ban has taken a stamp away: blanks, `: `, `[]`, and a host (`\S+ `).
 * Groups that may be missing are looked into, and so is what stands behind them.
 */
export function loosenFront(branch: Branch): Loosened {
  const loosener = new Loosener();
  const perl = writeBranch(loosener.branch(branch).nodes);
  // A program without a colon where the host would stand: syslog lines have it as their host.
  const tagless = perl.replace(/^((?:\\s\*| \?)*)([\w-]+ )(?=\\\[)/, '$1(?:$2)?');
  return {
    perl: loosener.expectsStamp ? tagless : perl,
    expectsStamp: loosener.expectsStamp,
    expectsBrackets: loosener.expectsBrackets,
  };
}

/** Nodes, and whether what stands behind them may be the first that matches anything. */
interface Step {
  readonly nodes: readonly RegexNode[];
  readonly goesOn: boolean;
}

class Loosener {
  expectsStamp = false;
  expectsBrackets = false;

  branch(all: Branch): Step {
    const nodes: RegexNode[] = [];
    for (let at = 0; at < all.length; ) {
      const taken = this.#remnant(all, at);
      if (taken > 0) {
        nodes.push(...optional(all.slice(at, at + taken)));
        at += taken;
        continue;
      }
      const step = this.#node(all[at] as RegexNode);
      nodes.push(...step.nodes);
      at++;
      if (!step.goesOn) return { nodes: [...nodes, ...all.slice(at)], goesOn: false };
    }
    return { nodes, goesOn: true };
  }

  /** How many nodes from here on are left of a stamp; 0: none. */
  #remnant(all: Branch, at: number): number {
    const [first, second] = [all[at], all[at + 1]];
    const isBrackets = isUnit(first, '\\[') && isUnit(second, '\\]');
    if (isBrackets) this.expectsBrackets = true;
    const isColon = isUnit(first, ':') && isBlank(second);
    if (isBlank(first) || isColon || isBrackets) this.expectsStamp = true;
    if (isBlank(first)) return 1;
    if (isColon || isBrackets || (isWord(first) && isBlank(second))) return 2;
    return 0;
  }

  #node(node: RegexNode): Step {
    switch (node.kind) {
      case 'start':
      case 'place':
        return { nodes: [node], goesOn: true };
      case 'end':
      case 'unit':
        return { nodes: [node], goesOn: false };
      case 'repeat': {
        const item = node.item.kind === 'group' ? this.#node(node.item) : null;
        return {
          nodes: [{ ...node, item: item?.nodes[0] ?? node.item }],
          goesOn: node.least === 0 || item?.goesOn === true,
        };
      }
      case 'group': {
        if (/^\(\?<?[=!]/.test(node.open)) return { nodes: [node], goesOn: true };
        const steps = node.branches.map((branch) => this.branch(branch));
        return {
          nodes: [{ ...node, branches: steps.map(({ nodes }) => nodes) }],
          goesOn: steps.some(({ goesOn }) => goesOn),
        };
      }
    }
  }
}

function optional(nodes: readonly RegexNode[]): RegexNode[] {
  const [only] = nodes;
  if (nodes.length > 1 || !only)
    return [{ kind: 'repeat', item: { kind: 'group', open: '(?:', branches: [nodes] }, least: 0, most: 1 }];
  return [only.kind === 'repeat' ? { ...only, least: 0 } : { kind: 'repeat', item: only, least: 0, most: 1 }];
}

function isUnit(node: RegexNode | undefined, perl: string): boolean {
  return node?.kind === 'unit' && node.perl === perl;
}

/** ` `, `\s`, and these repeated. */
function isBlank(node: RegexNode | undefined): boolean {
  if (node?.kind === 'repeat') return isBlank(node.item);
  return isUnit(node, ' ') || isUnit(node, '\\s') || isUnit(node, '\\ ');
}

/** `\S+`, as fail2ban writes a host. */
function isWord(node: RegexNode | undefined): boolean {
  return node?.kind === 'repeat' && isUnit(node.item, '\\S') && node.least === 1 && node.most === null;
}
