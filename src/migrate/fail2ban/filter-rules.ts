import { quote } from '../../base/text/quote.js';
import { compile } from '../../perl-regex/perl-regex.js';
import { type MigrationDraft, ruleLine } from '../migration.js';
import { cutFront, type FailRegex, MAX_SOURCE, readFailRegex } from '../regex/read-failregex.js';
import { writeBranch } from '../regex/regex-node.js';
import type { Filter } from './read-filter.js';

/** Regexes of a filter; those of Debian have up to 60. */
const MAX_REGEXES = 2_000;

/** How a line has to begin before a failregex is asked of what stands behind. */
interface Front {
  readonly perl: string;
  /** What stands where the part ends that failregexes see; empty: the end of the line. */
  readonly end: string;
  readonly namesFailure: boolean;
}

/**
 * For which queue the rules of a filter are, whether they are for a log that is none of syslogd's, and whether other
 * jails read that log, too.
 */
interface Target {
  readonly queue: string;
  readonly isOwnLog: boolean;
  readonly isShared: boolean;
}

/** A regex of a filter. `pass`: what it matches is no failure to this filter, whatever stands below. */
interface Step {
  readonly kind: 'fail' | 'pass';
  readonly perl: string;
}

/** The rules of a filter for a queue; empty: none is carried over. */
export function filterRules(filter: Filter, target: Target, draft: MigrationDraft): string[] {
  return new FilterRules(filter, target, draft).lines();
}

class FilterRules {
  readonly #filter: Filter;
  readonly #queue: string;
  readonly #isOwnLog: boolean;
  readonly #isShared: boolean;
  readonly #usesDns: boolean;
  readonly #draft: MigrationDraft;
  #front: Front | null = null;
  #nofail = 0;

  constructor(filter: Filter, { queue, isOwnLog, isShared }: Target, draft: MigrationDraft) {
    this.#filter = filter;
    this.#queue = queue;
    this.#isOwnLog = isOwnLog;
    this.#isShared = isShared;
    this.#usesDns = filter.options.get('usedns') !== 'no';
    this.#draft = draft;
  }

  lines(): string[] {
    const fail = this.#list('failregex');
    const ignore = this.#list('ignoreregex');
    const prefix = this.#filter.options.get('prefregex') ?? '';
    if (prefix.trim() !== '' && !this.#readFront(prefix)) {
      for (const _ of fail) this.#draft.count(false);
      return [];
    }
    const stamp = this.#filter.options.get('datepattern') ?? '';
    if (/%|TAI64N|EPOCH/i.test(stamp))
      this.#draft.remark(
        'note',
        this.#filter.placeOf('datepattern'),
        quote(`datepattern = ${stamp.replaceAll(/\s+/g, ' ')}`),
        'tayori reads stamps by a table of its own; see by tayori test --log PATH LINE what is left for the rule',
      );
    const steps = fail.flatMap((source) => this.#failSteps(source));
    if (this.#nofail > 0)
      this.#draft.remark(
        'changed',
        this.#filter.placeOf('failregex'),
        '',
        `${this.#nofail} of its regexes are no failures by themselves; fail2ban remembers the connection, and may count them with a later line of it`,
      );
    if (steps.every(({ kind }) => kind === 'pass')) return [];
    const ignored = ignore.flatMap((source) => this.#ignoreSteps(source, ignore.length < fail.length - 2));
    return this.#written([...ignored, ...steps]);
  }

  /** With other jails on the same log, what is no failure here goes on to theirs. */
  #written(steps: readonly Step[]): string[] {
    const lines: string[] = [];
    let open = 0;
    for (const { kind, perl } of steps) {
      if (kind === 'fail') lines.push(ruleLine(this.#queue, perl));
      else if (!this.#isShared) lines.push(ruleLine('trash', perl));
      else {
        lines.push(ruleLine('group', `^(?!${perl.startsWith('^') ? '' : '.*?'}(?:${perl}))`));
        open++;
      }
    }
    return [...lines, ...Array.from({ length: open }, () => 'group_end')];
  }

  #list(option: 'failregex' | 'ignoreregex'): string[] {
    const all = (this.#filter.options.get(option) ?? '').split('\n').filter((line) => line.trim() !== '');
    if (all.length > MAX_REGEXES)
      this.#lost(option, '', `it has more than ${MAX_REGEXES} regexes; the others are left out`);
    return all.slice(0, MAX_REGEXES);
  }

  #lost(option: string, seen: string, why: string): void {
    this.#draft.remark('lost', this.#filter.placeOf(option), seen, why);
  }

  #readFront(source: string): boolean {
    const why = (reason: string): false => {
      this.#lost('prefregex', quote(source), `${reason}; so no regex of the filter is carried over`);
      return false;
    };
    if (source.length > MAX_SOURCE) return why(`it is longer than ${MAX_SOURCE} characters`);
    const [, before, content = '', behind = ''] =
      /^(.*)<F-CONTENT>(.*)<\/F-CONTENT>((?:(?!<F-).)*?)\$?$/s.exec(source) ?? [];
    if (before === undefined) return why('it has no <F-CONTENT>');
    const read = readFailRegex(before, this.#usesDns);
    const inner = readFailRegex(content, this.#usesDns);
    const rest = readFailRegex(behind, this.#usesDns);
    if (!read.ok || !inner.ok || !rest.ok)
      return why([read, inner, rest].flatMap((one) => (one.ok ? [] : one.reason))[0] ?? '');
    const { branches, flags, namesFailure } = read.regex;
    const [branch, ...others] = branches;
    const cut = branch && others.length === 0 ? cutFront(branch, this.#isOwnLog) : null;
    if (cut === null) return why('it does not begin with ^');
    const end = plainly(rest.regex, false);
    const seen = plainly(inner.regex, false);
    this.#front = {
      perl: `${flags}^(?>${cut}(?=${seen.includes('|') ? `(?:${seen})` : seen}${end}$))`,
      end,
      namesFailure,
    };
    return true;
  }

  #failSteps(source: string): Step[] {
    const read = readFailRegex(source, this.#usesDns);
    const reason = read.ok ? this.#whyNot(read.regex) : read.reason;
    const perl = read.ok && reason === null ? this.#whole(read.regex) : '';
    const bad = reason ?? whyBad(perl);
    if (!read.ok || bad !== null) {
      this.#draft.count(false);
      this.#lost('failregex', quote(source), bad ?? '');
      return [];
    }
    this.#draft.count(true);
    const { nofail } = read.regex;
    if (nofail !== 'never') this.#nofail++;
    if (nofail !== 'sometimes') return [{ kind: nofail === 'always' ? 'pass' : 'fail', perl }];
    return [
      { kind: 'pass', perl: `${perl.startsWith('^') ? '^' : ''}(?:${perl})(?(<nofail>)|(?!))` },
      { kind: 'fail', perl: perl.replaceAll('(?<nofail>', '(?:') },
    ];
  }

  #whyNot({ namesFailure, nofail }: FailRegex): string | null {
    if (namesFailure || nofail === 'always' || this.#front?.namesFailure) return null;
    return 'it names no address; fail2ban takes that from another line of the same connection';
  }

  #ignoreSteps(source: string, isAskedOfAll: boolean): Step[] {
    const read = readFailRegex(source, this.#usesDns);
    if (!read.ok) {
      this.#lost('ignoreregex', quote(source), read.reason);
      return [];
    }
    const whole = this.#whole(read.regex);
    const plain = plainly(read.regex, this.#isOwnLog);
    return [...new Set(isAskedOfAll ? [plain, whole] : [whole])].map((perl) => ({ kind: 'pass', perl }));
  }

  /** A regex, with that of the front where the filter has one. */
  #whole(regex: FailRegex): string {
    if (!this.#front) return plainly(regex, this.#isOwnLog);
    const { branches, flags } = regex;
    const { end } = this.#front;
    const behind = branches.map((all) => {
      const branch =
        all.at(-1)?.kind === 'end' && end !== ''
          ? [...all.slice(0, -1), { kind: 'place', perl: `(?=${end}$)` } as const]
          : all;
      return branch[0]?.kind === 'start' ? writeBranch(branch.slice(1)) : `.*?${writeBranch(branch)}`;
    });
    const joined =
      behind.length === 1 && flags === '' ? behind[0] : `(?${flags.slice(2, -1)}:${behind.join('|')})`;
    return `${this.#front.perl}${joined}`;
  }
}

function plainly({ branches, flags }: FailRegex, isOwnLog: boolean): string {
  const written = branches.map((branch) => {
    const cut = cutFront(branch, isOwnLog);
    return cut === null ? writeBranch(branch) : `^${cut}`;
  });
  return `${flags}${written.join('|')}`;
}

function whyBad(perl: string): string | null {
  const compiled = compile(perl);
  return compiled.ok ? null : `as ${quote(perl)}: ${compiled.seen}; ${compiled.instead}`;
}
