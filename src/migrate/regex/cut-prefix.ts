import { compile } from '../../perl-regex/perl-regex.js';
import { type Branch, type RegexNode, writeBranch } from './regex-node.js';

/** A regex for what stands behind stamp and host, of one that was for whole lines. */
export interface CutRegex {
  readonly perl: string;
  /** What the host has to match; null: it may be any. */
  readonly host: string | null;
  /** It is for a log whose lines have a stamp and no host, as that of Exim. */
  readonly isOwnLog: boolean;
  /** Why the regex may not find all that it found before; null: it does. */
  readonly doubt: string | null;
  /** What stands behind `^`; null: it may match anywhere. */
  readonly rest: Branch | null;
}

export type Cut =
  | { readonly ok: true; readonly regex: CutRegex }
  | { readonly ok: false; readonly reason: string };

/** Stamps of syslogd, those of RFC 3339 as rsyslog writes them, and those of Exim's and other programs' own logs. */
const STAMPS: readonly (readonly string[])[] = [
  ['Jan  1 00:00:00 ', 'Nov 30 23:59:59 '],
  ['2026-01-01T00:00:00.123456+00:00 ', '2026-11-30T23:59:59.000001-09:00 '],
];
const OWN_STAMPS: readonly string[] = ['2026-01-01 00:00:00 ', '2026-11-30 23:59:59 '];
const HOSTS: readonly string[] = ['web1 ', 'mail-2.example.org ', 'x ', '192.0.2.7 '];
const LONG_LINE = 'Jan  1 00:00:00 web1 sshd[1]: some words and more words ';

/** Results of `matchesAll`: thousands of rules begin alike. */
const MAX_REMEMBERED = 10_000;

/**
 * Cuts stamp and host off regexes for lines of syslog, so that they match what stands behind: what a rule of tayori
 * sees. A regex without `^` may begin within the prefix (` su: `): there it may begin with the text, too.
 */
export class PrefixCutter {
  readonly #known = new Map<string, boolean>();

  cut(branch: Branch): Cut {
    return branch[0]?.kind === 'start' ? this.#cutAnchored(branch.slice(1)) : this.#cutLoose(branch);
  }

  #cutAnchored(nodes: Branch): Cut {
    const stamp = this.#endOf(nodes, (part) => STAMPS.some((stamps) => this.#matchesAll(part, stamps)));
    if (stamp === null) return this.#cutWild(nodes) ?? this.#cutOwnStamp(nodes);
    if (this.#matchesAll(nodes.slice(0, stamp), [LONG_LINE])) return this.#loosened(nodes, stamp);
    const behind = nodes.slice(stamp);
    const host = this.#endOf(behind, (part) => this.#matchesAll(part, HOSTS));
    if (host === null) return this.#cutNamedHost(behind);
    return anchored(behind.slice(host), null);
  }

  /** `^... myhost sshd: `: the rule is for one host. */
  #cutNamedHost(nodes: Branch): Cut {
    const wild = this.#cutWild(nodes);
    if (wild) return wild;
    const blank = nodes.findIndex((node) => node.kind === 'unit' && node.perl === ' ');
    if (blank <= 0) return { ok: false, reason: 'what stands behind the stamp is no host' };
    const host = writeBranch(nodes.slice(0, blank));
    if (!matches(`^(?:${host})$`, /[^\\\w.-]/.test(host) ? 'web1' : host.replaceAll('\\', '')))
      return { ok: false, reason: 'what stands behind the stamp is no host' };
    return anchored(nodes.slice(blank + 1), `^(?:${host})$`);
  }

  /** `^.*sshd: `: it begins anywhere. */
  #cutWild(nodes: Branch): Cut | null {
    const wild = nodes.findIndex(isWild);
    if (wild < 0 || !this.#beginsLine(nodes.slice(0, wild))) return null;
    return this.#loosened(nodes, wild + 1);
  }

  /** A program's own log: tayori takes the stamp away, and there is no host. */
  #cutOwnStamp(nodes: Branch): Cut {
    const end = this.#endOf(nodes, (part) => this.#matchesAll(part, OWN_STAMPS));
    if (end !== null) return anchored(nodes.slice(end), null, true);
    return { ok: false, reason: 'it begins with something else than a stamp and a host' };
  }

  #loosened(nodes: Branch, from: number): Cut {
    return this.#cutLoose(nodes.slice(from));
  }

  #cutLoose(nodes: Branch): Cut {
    const rest = nodes.slice(nodes.findIndex((node) => !isWild(node)));
    if (nodes.every(isWild))
      return { ok: true, regex: { perl: '.*', host: null, isOwnLog: false, doubt: null, rest: null } };
    const ends = this.#endsWithin(rest);
    const perl = writeBranch(rest);
    if (ends === 0)
      return { ok: true, regex: { perl, host: null, isOwnLog: false, doubt: doubtOf(rest), rest: null } };
    const begun = `(?:^|${writeBranch(rest.slice(0, ends))})${writeBranch(rest.slice(ends))}`;
    return { ok: true, regex: { perl: begun, host: null, isOwnLog: false, doubt: null, rest: null } };
  }

  /** How many nodes may stand at the end of the prefix; 0: none. */
  #endsWithin(nodes: Branch): number {
    for (let end = Math.min(nodes.length, MAX_LOOSE); end > 0; end--) {
      const part = writeBranch(nodes.slice(0, end));
      if (PREFIXES.every((prefix) => matches(`(?:${part})$`, prefix))) return end;
    }
    return 0;
  }

  /** How many nodes from the beginning on fulfil a condition together; null: no number does. */
  #endOf(nodes: Branch, fulfils: (part: Branch) => boolean): number | null {
    for (let end = 1; end <= Math.min(nodes.length, MAX_PREFIX); end++)
      if (endsWithBlank(nodes[end - 1]) && fulfils(nodes.slice(0, end))) return end;
    return null;
  }

  /** Whether the nodes match how a line begins, wherever they end. */
  #beginsLine(nodes: Branch): boolean {
    const part = writeBranch(nodes);
    return STAMPS.some((stamps) => stamps.every((stamp) => matches(`^(?:${part})`, `${stamp}${HOSTS[0]}`)));
  }

  #matchesAll(nodes: Branch, texts: readonly string[]): boolean {
    const part = writeBranch(nodes);
    const key = `${texts[0]}\0${part}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = texts.every((text) => matches(`^(?:${part})$`, text));
    if (this.#known.size < MAX_REMEMBERED) this.#known.set(key, found);
    return found;
  }
}

/** So many nodes may be stamp and host: written out, a stamp has 32 characters. */
const MAX_PREFIX = 60;
/** So many nodes of a regex without `^` may stand in the prefix. */
const MAX_LOOSE = 6;

const PREFIXES: readonly string[] = [
  'Jan  1 00:00:00 web1 ',
  '2026-11-30T23:59:59.000001-09:00 mail-2.example.org ',
];

function anchored(nodes: Branch, host: string | null, isOwnLog = false): Cut {
  return { ok: true, regex: { perl: `^${writeBranch(nodes)}`, host, isOwnLog, doubt: null, rest: nodes } };
}

/** Whether a node may be a blank, with which stamps and hosts end. */
function endsWithBlank(node: RegexNode | undefined): boolean {
  if (node?.kind === 'repeat') return endsWithBlank(node.item) || node.item.kind === 'group';
  return node?.kind === 'group' || (node?.kind === 'unit' && matches(`^${node.perl}$`, ' '));
}

/** `.*` and `.+`. */
function isWild(node: RegexNode): boolean {
  return node.kind === 'repeat' && node.most === null && node.item.kind === 'unit' && node.item.perl === '.';
}

/** A word that stands alone in front of a program may be a host. */
function doubtOf(nodes: Branch): string | null {
  return /^(?:[\w-]|\\\.)+ (?:[\w/.-]|\\[./-])+(?:\\\[[^:]*)?:/.test(writeBranch(nodes))
    ? 'its first word may be a host, which rules do not see: use group_host then'
    : null;
}

/** Whether a regex matches a text; one that is refused does not. */
function matches(perl: string, text: string): boolean {
  const compiled = compile(perl);
  return compiled.ok && compiled.pattern.test(text);
}
