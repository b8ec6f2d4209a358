import { renderLocation, type SourceLocation } from '../base/place.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import type { Fault } from '../config/read/fault.js';
import { readSamples, type Sample } from '../config/read/read-annotations.js';
import { lineOptionsOf } from '../ingest/line-options.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import { createLineReader } from '../line/read-line.js';
import { withinLimit } from '../perl-regex/perl-regex.js';
import { type FlatRule, flattenRules } from '../rule/flat-rules.js';
import { createRuleIndex, NO_RULE, type RuleIndex } from '../rule/rule-index.js';

/** Warnings of samples that contradict their rule. */
export function checkSamples(config: Config): Fault[] {
  return new SampleCheck(config).run();
}

type Winner = Extract<FlatRule, { readonly kind: 'winner' }>;

/** Tries the samples of all files of a config. */
class SampleCheck {
  readonly #config: Config;
  readonly #flat: readonly FlatRule[];
  readonly #index: RuleIndex;
  readonly #readLine: ReturnType<typeof createLineReader>;
  readonly #rules = new Map<string, Winner[]>();
  readonly #view = new Excerpt();
  readonly #faults: Fault[] = [];

  constructor(config: Config) {
    this.#config = config;
    this.#flat = flattenRules(config.rules);
    this.#index = createRuleIndex(config.rules, () => {});
    this.#readLine = createLineReader(lineOptionsOf(config, () => 0));
    for (const flat of this.#flat) {
      if (flat.kind === 'group') continue;
      const key = keyOf(flat.rule.place);
      this.#rules.set(key, [...(this.#rules.get(key) ?? []), flat]);
    }
  }

  run(): Fault[] {
    for (const file of this.#config.files)
      for (const { samples, rule } of readSamples(file))
        for (const sample of samples) this.#try(sample, rule);
    return this.#faults;
  }

  #try(sample: Sample, place: SourceLocation | null): void {
    if (sample.text === '')
      return this.#warn(sample.place, 'a result (#=) without its sample', 'write #> LINE above it');
    const rules = place === null ? [] : (this.#rules.get(keyOf(place)) ?? []);
    const [own] = rules;
    if (!own)
      return this.#warn(
        sample.place,
        'a sample (#>) without its rule',
        'write it above the rule that takes it',
      );
    const text = this.#textOf(sample.text, own);
    if (text === null)
      return this.#warn(
        sample.place,
        `the rule in ${renderLocation(own.rule.place)} does not match its sample`,
        'correct the rule, or the line behind #>',
      );
    const winner = rules.some((rule) => this.#isFree(rule)) ? this.#winnerOf(text) : null;
    if (winner !== null && !rules.some(({ rule }) => rule === winner.rule))
      return this.#warn(
        sample.place,
        `${renderLocation(winner.rule.place)} takes the sample, above its rule in ${renderLocation(own.rule.place)}`,
        'move one of the rules, or make it narrower',
      );
    this.#compare(sample, own, text);
  }

  /** Compares what the rule makes of its sample with what stands beside it. */
  #compare({ result }: Sample, { rule }: Winner, text: string): void {
    if (result === null || rule.kind !== 'queues') return;
    const made = withinLimit(
      () => rule.pattern.mask(text, this.#config.mask.value),
      () => null,
    );
    if (made !== null && made !== result.text)
      this.#warn(
        result.place,
        `the rule makes ${quote(made)} of its sample`,
        'write that behind #=, or correct the rule',
      );
  }

  /** A sample as the rules see it, without a prefix that was pasted with it; null: its rule does not match. */
  #textOf(line: string, { rule }: Winner): string | null {
    for (const whole of [`Jan  1 00:00:00 sample ${line}`, line]) {
      const reading = this.#readLine(whole);
      if (reading.kind !== 'entry') continue;
      const { text } = reading.entry;
      if (
        withinLimit(
          () => rule.pattern.test(text),
          () => false,
        )
      )
        return text;
    }
    return null;
  }

  /** Whether nothing but the text of a line decides whether the rule is asked: not its host, its file or its priority. */
  #isFree({ parent }: FlatRule): boolean {
    const around = this.#flat[parent];
    return around?.kind !== 'group' || (around.rule.on === 'text' && this.#isFree(around));
  }

  #winnerOf(text: string): FlatRule | null {
    const number = this.#index.find(excerptOf({ host: 'sample', time: null, text }, this.#view));
    return number === NO_RULE ? null : (this.#flat[number] ?? null);
  }

  #warn(place: SourceLocation, seen: string, instead: string): void {
    this.#faults.push({ severity: 'warning', code: 'odd-sample', place, seen, instead });
  }
}

function keyOf({ file, line }: SourceLocation): string {
  return `${line} ${file}`;
}
