import { quote } from '../../base/text/quote.js';
import { compile } from '../../perl-regex/perl-regex.js';
import type { MigrationDraft } from '../migration.js';
import {
  type OsBranch,
  type OsGroup,
  readOsMatch,
  readOsRegex,
  type WriteGroup,
  writeOsBranch,
  writeOsParts,
  writeOsRegex,
} from '../regex/read-os-regex.js';
import { literal } from '../regex/regex-node.js';
import type { OssecDecoder } from './read-ruleset.js';
import { regexText, textsOf } from './read-xml.js';

/** What a rule asks of a field: an os_match, or an address. */
export interface FieldCondition {
  readonly field: string;
  readonly value: string;
  readonly isAddress: boolean;
}

/** How a decoder takes a line apart: branches, each with the names of its groups. */
interface FieldRegex {
  /** What stands in front of the branches, as the prematch does. */
  readonly front: string;
  readonly branches: readonly OsBranch[];
  readonly order: readonly string[];
}

/** Names of fields that are others in letters: `user` is `dstuser` to newer OSSEC. */
const SAME: Readonly<Record<string, string>> = { __proto__: null as never, dstuser: 'user', src_ip: 'srcip' };

/** The decoders of a ruleset, for the rules that name them or their fields. */
export class Decoders {
  readonly #all: readonly OssecDecoder[];
  readonly #draft: MigrationDraft;
  readonly #fields = new Map<OssecDecoder, readonly FieldRegex[]>();

  constructor(all: readonly OssecDecoder[], draft: MigrationDraft) {
    this.#all = all;
    this.#draft = draft;
    for (const decoder of all) this.#fields.set(decoder, this.#read(decoder));
  }

  /** What a line is like that a decoder of this name takes; null: there is none, or it is not known. */
  conditionOf(name: string): string | null {
    return this.#oneOf(this.#all.filter((one) => one.name === name && one.parent === null));
  }

  /** What a line is like of this category; null: no decoder has it. `syslog`: any. */
  conditionOfType(type: string): string | null {
    return this.#oneOf(this.#all.filter((one) => one.type === type && one.parent === null));
  }

  /** The families of decoders with these names or types; null: all. */
  families(names: readonly string[], types: readonly string[]): readonly string[] {
    return this.#all
      .filter((one) => one.parent === null && (names.includes(one.name) || types.includes(one.type)))
      .map(({ name }) => name);
  }

  /** Regexes that name the fields of lines of these decoders, and fulfil the conditions; a reason: they cannot. */
  fieldRegexes(
    families: readonly string[],
    conditions: readonly FieldCondition[],
  ): string[] | { readonly reason: string } {
    const found: string[] = [];
    let reason = `no decoder has the field ${conditions.map(({ field }) => field).join(' or ')}`;
    for (const [decoder, regexes] of this.#fields) {
      if (!families.includes(decoder.name) && !families.includes(decoder.parent ?? '')) continue;
      for (const regex of regexes) {
        if (conditions.some(({ field }) => !regex.order.includes(field))) continue;
        const written = writeFields(regex, conditions);
        if (typeof written === 'string') found.push(written);
        else reason = written.reason;
      }
    }
    return found.length === 0 && conditions.length > 0 ? { reason } : [...new Set(found)];
  }

  #oneOf(decoders: readonly OssecDecoder[]): string | null {
    const conditions = decoders.map((one) => this.#condition(one));
    if (conditions.length === 0 || conditions.some((one) => one === null)) return null;
    return conditions.length === 1
      ? (conditions[0] ?? null)
      : conditions.map((one) => `(?:${one})`).join('|');
  }

  #condition({ element }: OssecDecoder): string | null {
    const program = regexText(element, 'program_name');
    const prematch = regexText(element, 'prematch');
    const regex = regexText(element, 'regex');
    const parts = program === '' ? [] : [programRegex(program)];
    const text = prematch === '' && program === '' ? regex : prematch;
    if (text !== '') {
      const read = readOsRegex(text);
      if (!read.ok) return null;
      parts.push(writeOsRegex(read.branches));
    }
    if (parts.length < 2) return parts[0] ?? null;
    return allOf(parts);
  }

  #read(decoder: OssecDecoder): FieldRegex[] {
    const { element, place } = decoder;
    const lost = (seen: string, why: string): FieldRegex[] => {
      this.#draft.remark(
        'lost',
        place,
        `decoder ${quote(decoder.name)}${seen === '' ? '' : `: ${quote(seen)}`}`,
        why,
      );
      return [];
    };
    for (const name of [
      'plugin_decoder',
      'use_own_name',
      'fts',
      'json_null_field',
      'pcre2',
      'prematch_pcre2',
      'program_name_pcre2',
    ])
      if (textsOf(element, name).length > 0 && name !== 'fts' && name !== 'use_own_name')
        return lost(`<${name}>`, 'only decoders of os_regex are carried over');
    const source = regexText(element, 'regex');
    const order = textsOf(element, 'order')
      .join(',')
      .split(',')
      .map((one) => fieldName(one.trim()))
      .filter((one) => one !== '');
    const read = readOsRegex(source);
    const prematch = this.#prematchOf(decoder);
    if (!read.ok) return lost(source, read.reason);
    if (source === '' || order.length === 0) return [];
    if (prematch === null) return lost(source, 'its offset is not known here');
    return [{ front: prematch, branches: read.branches, order }];
  }

  /** What stands in front of the regex, by its `offset`; empty: nothing; null: not known. */
  #prematchOf({ element, parent }: OssecDecoder): string | null {
    const offset = element.children.find(({ name }) => name === 'regex')?.attributes.get('offset');
    if (offset === undefined) return '';
    const from =
      offset === 'after_prematch'
        ? element
        : offset === 'after_parent'
          ? this.#all.find(({ name }) => name === parent)?.element
          : undefined;
    if (!from) return null;
    const read = readOsRegex(regexText(from, 'prematch'));
    if (!read.ok) return null;
    const written = read.branches.map((branch) => writeOsBranch(branch));
    return written.length === 1 ? (written[0] ?? '') : `(?:${written.join('|')})`;
  }
}

export function fieldName(name: string): string {
  return SAME[name] ?? name.replaceAll(/\W/g, '_');
}

/** Several regexes that all have to match. */
export function allOf(parts: readonly string[]): string {
  return `^${parts.map((part) => `(?=.*?(?:${part}))`).join('')}`;
}

/** The name of a program, as an os_match says it, at the beginning of a line. */
export function programRegex(source: string): string {
  const names = readOsMatch(source).map(({ begins, ends, parts }) => {
    const name = parts.join('');
    return `${begins ? '' : String.raw`[^\s:\[\]]*?`}${name}${ends ? '' : String.raw`[^\s:\[\]]*`}`;
  });
  const one = names.length === 1 ? names[0] : `(?:${names.join('|')})`;
  return String.raw`(?i)^${one}(?:\[\d+\])?: `;
}

/** The whole line with named groups; conditions are asked of what a group takes. */
function writeFields(
  { front, branches, order }: FieldRegex,
  conditions: readonly FieldCondition[],
): string | { readonly reason: string } {
  const problems: string[] = [];
  const writeGroup: WriteGroup = (group, number) => {
    const field = order[number];
    if (field === undefined) return `(?:${group.perl})`;
    let perl = group.perl;
    for (const condition of conditions.filter((one) => one.field === field)) {
      const restricted = restrict(group, perl, condition);
      if (restricted === null)
        problems.push(
          `${field} ${quote(condition.value)} cannot be asked of what ${quote(group.perl)} takes`,
        );
      else perl = restricted;
    }
    return isField(field) ? `(?<${field}>${perl})` : `(?:${perl})`;
  };
  const written = branches.map((branch) =>
    front === ''
      ? writeOsBranch(branch, writeGroup)
      : `${front}${branch.begins ? '' : '.*?'}${writeOsParts(branch, writeGroup)}${branch.ends ? '$' : ''}`,
  );
  const [problem] = problems;
  if (problem !== undefined) return { reason: problem };
  const perl = `(?i)${written.join('|')}`;
  const compiled = compile(perl);
  return compiled.ok ? perl : { reason: `as ${quote(perl)}: ${compiled.seen}` };
}

/** As Perl names a group, and `set window` takes it. */
function isField(name: string): boolean {
  return /^[A-Za-z_]\w{0,31}$/.test(name);
}

function restrict({ repeats }: OsGroup, perl: string, { value, isAddress }: FieldCondition): string | null {
  if (isAddress) return address(value, perl);
  if (repeats === null) return null;
  const looks = readOsMatch(value).map(
    ({ begins, ends, parts }) =>
      `${begins ? '' : `${repeats}*?`}${parts.join('')}${ends ? `(?!${repeats})` : ''}`,
  );
  return `(?=${looks.length === 1 ? looks[0] : `(?:${looks.join('|')})`})${perl}`;
}

/** `192.0.2.7`, `192.0.2.` or `192.0.2.0/24`, and these behind a `!`. */
function address(value: string, perl: string): string | null {
  const [, not = '', text = ''] = /^(!?)([\d.]+(?:\/(?:8|16|24|32))?)$/.exec(value.trim()) ?? [];
  const [whole = '', bits] = text.split('/');
  const octets = whole.split('.').filter((one) => one !== '');
  const kept = bits === undefined ? octets : octets.slice(0, Number(bits) / 8);
  if (kept.length === 0 || kept.length > 4) return null;
  const begin = Array.from(kept.join('.'), literal).join('');
  return `(?${not === '' ? '=' : '!'}${begin}${kept.length === 4 ? String.raw`(?![\d.])` : '\\.'})${perl}`;
}
