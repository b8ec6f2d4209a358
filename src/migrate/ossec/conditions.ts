import { quote } from '../../base/text/quote.js';
import { compile } from '../../perl-regex/perl-regex.js';
import { readOsMatch, readOsRegex, writeOsParts, writeOsRegex } from '../regex/read-os-regex.js';
import { type Decoders, type FieldCondition, fieldName, programRegex } from './decoders.js';
import type { OssecRule } from './read-ruleset.js';
import { regexText, textsOf } from './read-xml.js';

/** What a rule asks of a line: statements that open groups, and what it asks of fields. */
export interface Conditions {
  /** `group REGEX` and `group_host REGEX`, the outermost first. */
  readonly opens: readonly string[];
  readonly fields: readonly FieldCondition[];
  /** Names of the decoders that its lines may be of. */
  readonly families: readonly string[];
}

export type ReadConditions =
  | { readonly ok: true; readonly conditions: Conditions }
  | { readonly ok: false; readonly reason: string };

/** What says how a rule is reached, how often, and what becomes of it: no condition of the line. */
const OTHERS =
  'description comment info group cve osvdb if_sid if_group if_level if_matched_sid if_matched_group same_source_ip same_src_ip same_user same_id same_location options mitre'.split(
    ' ',
  );
/** Fields that an os_match is asked of, and addresses. */
const FIELDS = 'url id user extra_data action status systemname protocol data srcport dstport'.split(' ');
const ADDRESSES = ['srcip', 'dstip'];

/** Reads the conditions of a rule; `families`: those of the rule above it. */
export function readConditions(
  { element }: OssecRule,
  decoders: Decoders,
  families: readonly string[],
): ReadConditions {
  const unknown = element.children.find(
    ({ name }) => ![...OTHERS, ...FIELDS, ...ADDRESSES, ...KNOWN].includes(name),
  );
  if (unknown)
    return {
      ok: false,
      reason: `nothing here is like <${unknown.name}>, and without it the rule would take more`,
    };
  const opens: string[] = [];
  let inner = families;
  const fail = (reason: string): ReadConditions => ({ ok: false, reason });
  const [decoder] = textsOf(element, 'decoded_as');
  if (decoder !== undefined) {
    const perl = decoders.conditionOf(decoder);
    if (perl === null)
      return fail(`the decoder ${quote(decoder)} is not there, or has nothing that can be asked here`);
    opens.push(`group ${perl}`);
    inner = decoders.families([decoder], []);
  }
  const [category] = textsOf(element, 'category');
  if (category !== undefined && category !== 'syslog') {
    const perl = decoders.conditionOfType(category);
    if (perl === null) return fail(`no decoder of the category ${quote(category)} is there`);
    opens.push(`group ${perl}`);
    inner = decoders.families([], [category]);
  }
  const host = regexText(element, 'hostname');
  if (host !== '') opens.push(`group_host ${writeHost(host)}`);
  const program = regexText(element, 'program_name');
  if (program !== '') opens.push(`group ${programRegex(program)}`);
  const texts = readTexts(element);
  if (typeof texts === 'string') return fail(texts);
  opens.push(...texts);
  const fields = element.children
    .filter(({ name }) => FIELDS.includes(name) || ADDRESSES.includes(name))
    .map(({ name, text }) => ({
      field: fieldName(name),
      value: text.trim(),
      isAddress: ADDRESSES.includes(name),
    }));
  const bad = opens.map(whyBad).find((one) => one !== null);
  return bad ? fail(bad) : { ok: true, conditions: { opens, fields, families: inner } };
}

const KNOWN = ['decoded_as', 'category', 'hostname', 'program_name', 'match', 'regex', 'pcre2'];

/** `<match>`, `<regex>` and `<pcre2>`; several of a name are one, and `negate="yes"` turns one round. */
function readTexts(element: OssecRule['element']): string[] | string {
  const opens: string[] = [];
  for (const name of ['match', 'regex', 'pcre2'] as const) {
    const parts = element.children.filter((one) => one.name === name);
    const source = regexText(element, name);
    if (source === '') continue;
    const attributes = parts[0]?.attributes;
    const type = name === 'pcre2' ? 'pcre2' : attributes?.get('type');
    const read =
      type === 'pcre2'
        ? source.replaceAll('\n', '\\n')
        : name === 'match'
          ? writeOsRegex(readOsMatch(source))
          : regexOf(source);
    if (typeof read !== 'string') return `${quote(source)}: ${read.reason}`;
    opens.push(`group ${attributes?.get('negate') === 'yes' ? `^(?!.*?(?:${read}))` : read}`);
  }
  return opens;
}

/** A host has no tag in front. */
function writeHost(source: string): string {
  const written = readOsMatch(source).map(
    (one) => `${one.begins ? '^' : ''}${writeOsParts(one)}${one.ends ? '$' : ''}`,
  );
  return `(?i)${written.join('|')}`;
}

function regexOf(source: string): string | { readonly reason: string } {
  const read = readOsRegex(source);
  return read.ok ? writeOsRegex(read.branches) : read;
}

function whyBad(open: string): string | null {
  const perl = open.replace(/^\S+ /, '');
  const compiled = compile(perl);
  return compiled.ok ? null : `as ${quote(perl)}: ${compiled.seen}`;
}
