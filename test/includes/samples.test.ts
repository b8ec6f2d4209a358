import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { createLineReader } from '../../src/line/read-line.js';
import { type MaskedSpans, MatchLimitError } from '../../src/perl-regex/perl-regex.js';
import { findRule } from '../../src/rule/find-rule.js';
import type { Rule } from '../../src/rule/rule.js';
import { viewOf } from '../perl-regex/view.js';

const CONFIG = fileURLToPath(new URL('../../conf/tenshi.conf', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../includes-active/', import.meta.url));

/** `#>` is a line as it is logged, `#=` what it becomes; both stand above the rule that takes the line. */
interface Sample {
  readonly at: string;
  readonly text: string;
  /** null above a `trash` rule, where nothing is left to read. */
  readonly becomes: string | null;
}

/** A rule of a file, where it stands, and the samples directly above it. */
interface Shipped {
  readonly at: string;
  readonly file: string;
  readonly queues: string;
  readonly samples: readonly Sample[];
}

function readShipped(file: string): Shipped[] {
  const shipped: Shipped[] = [];
  let samples: Sample[] = [];
  for (const [index, line] of readFileSync(FOLDER + file, 'utf8')
    .split('\n')
    .entries()) {
    const at = `${file}:${index + 1}`;
    if (line.startsWith('#> ')) samples.push({ at, text: line.slice(3), becomes: null });
    else if (line.startsWith('#= '))
      samples = [...samples.slice(0, -1), withResult(samples, at, line.slice(3))];
    else if (line !== '' && !line.startsWith('#')) {
      shipped.push({ at, file, queues: line.split(/\s/, 1).join(), samples });
      samples = [];
    }
  }
  if (samples.length > 0) throw new Error(`${samples[0]?.at}: a sample without its rule`);
  return shipped;
}

function withResult(samples: readonly Sample[], at: string, becomes: string): Sample {
  const last = samples.at(-1);
  if (last === undefined || last.becomes !== null) throw new Error(`${at}: a result without its sample`);
  return { ...last, becomes };
}

const reading = readConfig(CONFIG);
if (!reading.ok) throw new Error('the sample config is not sound');
const { config } = reading;
const readLine = createLineReader({ logprefixes: [], hidepid: true, timezone: null, now: () => Date.now() });
const files = readdirSync(FOLDER).sort();
const shipped = files.flatMap(readShipped);

function entryOf(text: string) {
  const line = readLine(`Nov 20 10:00:00 web1 ${text}`);
  if (line.kind !== 'entry') throw new Error(`no entry: ${text}`);
  return line.entry;
}

function plainly(masked: MaskedSpans | null): unknown {
  return masked && { spans: Array.from(masked.spans), groups: [...masked.groups] };
}

/** A shipped rule that has to be given up on a line is a fault of the rule. */
function neverGivenUp(rule: Rule): never {
  throw new Error(`${placeOf(rule)} was given up`);
}

/** Where a rule stands, without the folder, as the samples tell it. */
function placeOf(rule: Rule | null): string | null {
  return rule === null ? null : `${rule.place.file.replace(FOLDER, '')}:${rule.place.line}`;
}

/** The program that a line is of; `sshd(pam_unix)` and `sshd-session` are the same service as `sshd`. */
function serviceOf(text: string): string {
  return (
    /^[\w./@-]*[A-Za-z]/
      .exec(text)?.[0]
      .split('/')
      .slice(0, 2)
      .join('/')
      .replace(/-session$/, '') ?? text
  );
}

describe.each(files)('%s', (file) => {
  const rules = shipped.filter((rule) => rule.file === file);

  it.each(rules.flatMap((rule) => rule.samples.map((sample) => ({ ...sample, rule }))))(
    '$at is taken by its own rule, and becomes what stands beside it',
    ({ text, becomes, rule }) => {
      const entry = entryOf(text);
      const found = findRule(config.rules, entry, neverGivenUp);
      expect(placeOf(found)).toBe(rule.at);
      const message = found?.pattern.mask(entry.text, config.mask.value);
      expect(rule.queues === 'trash' ? null : message).toBe(becomes);
    },
  );

  it('finds the values under the masks of its samples without cutting out their texts', () => {
    const samples = rules.flatMap((rule) => rule.samples.map(({ at, text }) => ({ at, text, rule })));
    for (const { at, text, rule } of samples) {
      const entry = entryOf(text);
      const pattern = config.rules.find((one) => placeOf(one) === rule.at)?.pattern;
      if (!pattern || pattern.groupCount === 0) continue;
      // Characters that take two units are left to the regex.
      const isAstral = /[\ud800-\udfff]/.test(entry.text);
      const masked = isAstral ? null : plainly(pattern.maskedSpans(entry.text));
      expect(plainly(pattern.maskedSpansIn(viewOf(entry.text))), at).toEqual(masked);
    }
  });

  it('has a sample above each of its rules', () => {
    expect(rules.filter(({ samples }) => samples.length === 0).map(({ at }) => at)).toEqual([]);
  });

  it('matches no sample of a service that it does not speak of', () => {
    const services = new Set(rules.flatMap(({ samples }) => samples.map(({ text }) => serviceOf(text))));
    const strangers = shipped
      .filter((rule) => rule.file !== file)
      .flatMap((rule) => rule.samples)
      .filter(({ text }) => !services.has(serviceOf(text)));
    const own = config.rules.filter((rule) => rule.place.file === FOLDER + file);
    const taken = strangers.flatMap(({ at, text }) =>
      own
        .filter((rule) => rule.pattern.test(entryOf(text).text))
        .map((rule) => `${placeOf(rule)} takes ${at}`),
    );
    expect(taken).toEqual([]);
  });
});

/** A sample made long at each of its joints, as somebody who writes into logs would try it. */
function stretched(text: string): string[] {
  const joints = [...text.matchAll(/[ =:,<([]/g)].map(({ index }) => index + 1);
  const at = [...joints, text.length];
  const fills = ['1', ' '];
  return at.flatMap((joint) =>
    [...fills, text.slice(joint, joint + 12)].map((fill) => long(text, joint, fill)),
  );
}

/** Long enough that a regex which tries all pairs of places overruns its bound. */
const LONG = 6000;

function long(text: string, joint: number, fill: string): string {
  return `${text.slice(0, joint)}${fill.repeat(LONG / Math.max(fill.length, 1))}!`;
}

describe.each(files)('%s', (file) => {
  it('holds no rule that a line can make run for ever', () => {
    const overrun = shipped
      .filter((rule) => rule.file === file)
      .filter(({ at, samples }) => {
        const rule = config.rules.find((one) => placeOf(one) === at);
        const lines = samples.slice(0, 1).flatMap(({ text }) => stretched(entryOf(text).text));
        return rule !== undefined && lines.some((line) => givesUp(rule, line));
      });
    expect(overrun.map(({ at }) => at)).toEqual([]);
  });
});

function givesUp(rule: Rule, line: string): boolean {
  try {
    rule.pattern.test(line);
    return false;
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    return true;
  }
}

/** What a named group of the shipped rules stands for, as their samples have it. */
const FORMS: Readonly<Record<string, (value: string) => boolean>> = {
  address: (value) => isIP(value) !== 0,
  client: (value) => isIP(/\[(.*)\]$/.exec(value)?.[1] ?? '') !== 0,
  server: (value) => isIP(/\[(.*)\]$/.exec(value)?.[1] ?? '') !== 0,
  port: (value) => /^\d+$/.test(value),
  user: (value) => /^ ?[\w.@-]*$/.test(value),
  ruser: (value) => /^[\w.@-]*$/.test(value),
  host: (value) => /^[\w.:-]*$/.test(value),
  relay: (value) => /^\S+(?: \[\S+\])?$/.test(value),
  sender: (value) => /^[^<>\s]*$/.test(value),
};

describe('a group with a name holds what the name says', () => {
  const named = shipped.flatMap(({ at, samples }) => {
    const pattern = config.rules.find((one) => placeOf(one) === at)?.pattern;
    return samples.flatMap(({ text }) => {
      const line = entryOf(text).text;
      const found = pattern?.exec(line)?.groups ?? [];
      return found.flatMap((span, group) => {
        const name = pattern?.groupNames[group];
        return span && name ? [{ at, name, value: line.slice(span.start, span.end) }] : [];
      });
    });
  });

  it.each(Object.entries(FORMS))('%s', (name, hasForm) => {
    const values = named.filter((one) => one.name === name);
    expect(values.length).toBeGreaterThan(0);
    expect(values.filter(({ value }) => !hasForm(value))).toEqual([]);
  });

  it('and there are no other names', () => {
    expect(named.filter(({ name }) => !(name in FORMS))).toEqual([]);
  });
});

describe('the sample config', () => {
  it('defines each queue that the rules name, and uses each queue that it defines', () => {
    const named = config.rules.flatMap((rule) =>
      rule.kind === 'queues' ? rule.targets.map(({ queue }) => queue) : [],
    );
    expect([...new Set(named)].sort()).toEqual(config.queues.map(({ name }) => name).sort());
  });

  it('knows nearly all of the sample log, and makes few messages of it', () => {
    const log = readFileSync(new URL('../../conf/sample.log', import.meta.url), 'utf8');
    const lines = log.split('\n').filter((line) => line !== '');
    const verdicts = lines.map((line) => {
      const read = readLine(line);
      if (read.kind !== 'entry') throw new Error(`no entry: ${line}`);
      const rule = findRule(config.rules, read.entry, neverGivenUp);
      const known = rule !== null && rule.place.file !== CONFIG;
      return { known, message: rule?.pattern.mask(read.entry.text, config.mask.value) };
    });
    const catchAll = config.rules.at(-1);
    expect(catchAll?.place.file).toBe(CONFIG);
    expect(lines.length).toBeGreaterThanOrEqual(250);
    expect(verdicts.filter(({ known }) => !known).length).toBeLessThan(lines.length * 0.03);
    expect(new Set(verdicts.map(({ message }) => message)).size).toBeLessThan(lines.length / 3);
  });
});
