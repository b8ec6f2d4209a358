import { existsSync, realpathSync } from 'node:fs';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { amount } from '../base/text/layout.js';
import type { Config } from '../config/config.js';
import { mailedQueues } from '../config/sections.js';
import { knowsBuiltIns } from '../rule/built-in-patterns.js';
import type { Measured } from '../rule/suggest/measure-effects.js';
import type { Mined } from '../rule/suggest/mine-rules.js';
import { MASK } from '../rule/suggest/propose-rule.js';
import { describeEffect, writeRule } from '../rule/suggest/write-rule.js';
import { writeRuleFile } from './suggest-file.js';
import { summaryOf } from './suggest-summary.js';

/** How proposed rules are shown, and which are accepted. */
export interface Presentation {
  /** null: no rule was asked. */
  readonly config: Config | null;
  /** The queue of all rules; undefined: that which has the lines now. */
  readonly queue: string | undefined;
  /** So many rules are shown. */
  readonly most: number;
  readonly accept: string | undefined;
  readonly to: string | undefined;
  /** What has to be said of the reading. */
  readonly notes: readonly string[];
}

/** The queue of rules for lines that come to none now. */
const DEFAULT_QUEUE = 'report';

/** The numbers of `1,3-5`, each once, in rising order; null when it is something else. */
export function parseNumbers(text: string): number[] | null {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part.trim()) ?? [];
    if (first === undefined || Number(first) < 1 || Number(last) < Number(first)) return null;
    for (let number = Number(first); number <= Number(last); number++) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** Prints the rules as they stand in a file of rules, or writes those that are accepted. What else is to be said goes to stderr. */
export function presentRules(mined: Mined, presentation: Presentation, io: Io): ExitCode {
  const { accept, to, most, notes } = presentation;
  if (accept !== undefined && to !== undefined)
    return acceptRules(mined.measured, { numbers: parseNumbers(accept) ?? [], to, presentation }, io);
  showRules(mined.measured.slice(0, most), presentation, io);
  io.stderr.write(summaryOf(mined, most, [...notes, ...noteOnQueue(mined, presentation)]));
  return 0;
}

function showRules(measured: readonly Measured[], presentation: Presentation, io: Io): void {
  for (const [at, one] of measured.entries())
    io.stdout.write(`${at === 0 ? '' : '\n'}${textOf(one, presentation, `${at + 1}: `)}`);
}

interface Acceptance {
  readonly numbers: readonly number[];
  readonly to: string;
  readonly presentation: Presentation;
}

function acceptRules(
  measured: readonly Measured[],
  { numbers, to, presentation }: Acceptance,
  io: Io,
): ExitCode {
  const missing = numbers.find((number) => number > measured.length);
  if (missing !== undefined) return refuse(`there is no rule ${missing}; there are ${measured.length}`, io);
  const accepted = numbers.map((number) => measured[number - 1] as Measured);
  const rules = accepted.map((one) => ({
    regex: knowsNames(presentation) ? one.proposal.rule : one.proposal.regex,
    text: textOf(one, presentation, ''),
  }));
  const outcome = writeRuleFile(to, rules);
  if (outcome.kind === 'refused') return refuse(`${to} is not written: ${outcome.reason}`, io);
  for (const { text } of rules) io.stdout.write(`${text}\n`);
  const known = outcome.known > 0 ? `; already there: ${outcome.known}` : '';
  io.stderr.write(`${escapeControl(`${amount(outcome.written, 'rule')} written to ${to}${known}`)}\n`);
  if (!isIncluded(to, presentation.config))
    io.stderr.write(
      `${escapeControl(`The config does not include it yet: write include ${realpathSync(to)} in front of the rule that takes everything else`)}\n`,
    );
  return 0;
}

function refuse(reason: string, io: Io): ExitCode {
  io.stderr.write(`${escapeControl(`tayori suggest: ${reason}`)}\n`);
  return 1;
}

/** Whether the config, when it was read, read this file. */
function isIncluded(path: string, config: Config | null): boolean {
  const file = realpathSync(path);
  return config?.files.some((one) => existsSync(one) && realpathSync(one) === file) ?? false;
}

/** Whether the named patterns of rules mean to the config what is built in. */
function knowsNames({ config }: Presentation): boolean {
  return config === null || knowsBuiltIns(config.patterns);
}

/** A rule with its number, harmless for a terminal. */
function textOf({ proposal, effect }: Measured, presentation: Presentation, number: string): string {
  const { config, queue } = presentation;
  const named = queue ?? effect.queue ?? DEFAULT_QUEUE;
  const does = `${number}${describeEffect(effect, named, config ? 'lines' : 'messages')}`;
  const text = writeRule(does, proposal, {
    queue: named,
    mask: config?.mask.value ?? MASK,
    knowsNames: knowsNames(presentation),
  });
  return `${text.trimEnd().split('\n').map(escapeControl).join('\n')}\n`;
}

/** What to say when rules name a queue that is not there. */
function noteOnQueue({ measured }: Mined, { config, queue }: Presentation): string[] {
  if (!config || queue !== undefined || mailedQueues(config).includes(DEFAULT_QUEUE)) return [];
  if (measured.every((one) => one.effect.queue !== null)) return [];
  return [`the config has no queue ${DEFAULT_QUEUE}: name one of its own with --queue`];
}
