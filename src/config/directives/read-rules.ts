import { nearest } from '../../base/text/nearest.js';
import { quote } from '../../base/text/quote.js';
import type { Rule, Subject, Target } from '../../rule/rule.js';
import { reportUnreachable } from '../check/report-unreachable.js';
import type { Reporter } from '../read/report.js';
import { from, type SourceText, splitWord } from '../read/source-text.js';
import type { ReadContext } from './directive.js';
import { readPattern } from './read-pattern.js';
import { RESERVED, whichQueue } from './read-queue.js';

interface OpenGroup {
  readonly statement: SourceText;
  /** null for a group that is at fault: its rules are read and checked, but not kept. */
  readonly head: Extract<Rule, { kind: 'group' }> | null;
  readonly rules: Rule[];
}

/** Reads rules one by one, in the order of the config. `end` closes open groups and returns all rules. */
export interface RuleReader {
  read(statement: SourceText): void;
  end(): Rule[];
}

/** Far deeper than a config needs. Code that walks through groups is recursive, so the stack has to hold them. */
const MAX_GROUP_DEPTH = 100;

/**
 * `QUEUES REGEX`, `trash`, `repeat`, `group` (and `group_host` and the like) ... `group_end`. Queues must be defined above.
 */
export function createRuleReader(context: ReadContext, report: Reporter): RuleReader {
  const outermost: Rule[] = [];
  const open: OpenGroup[] = [];
  const current = (): Rule[] => open.at(-1)?.rules ?? outermost;

  function openGroup(word: SourceText, regex: SourceText): void {
    if (open.length === MAX_GROUP_DEPTH)
      report.error(
        word,
        `groups nested more than ${MAX_GROUP_DEPTH} deep`,
        'close some with group_end',
        'too-much',
      );
    const on = GROUPS[word.text] ?? 'text';
    const pattern = regex.text === '' ? null : readPattern(regex, report, context);
    const head = pattern && ({ kind: 'group', on, pattern, place: word.place, rules: [] } as const);
    open.push({ statement: word, head, rules: [] });
  }

  function closeGroup(word: SourceText, rest: SourceText): void {
    if (rest.text !== '')
      report.error(rest, `${quote(rest.text)} after group_end`, 'write group_end alone', 'bad-group');
    const group = open.pop();
    if (!group) {
      report.error(word, '"group_end" without its group', 'remove it, or open a group above', 'bad-group');
      return;
    }
    if (group.head) current().push({ ...group.head, rules: group.rules });
  }

  /** A group without its end has no effect, as in Tenshi: its rules are tried as if no group were there. */
  function dissolveGroup({ statement, head, rules }: OpenGroup): void {
    if (!head) return;
    report.warning(
      statement,
      'a group without its group_end skips nothing',
      'write group_end after its last rule',
      'bad-group',
    );
    for (const rule of rules) current().push(rule);
  }

  return {
    read(statement) {
      const { word, rest } = splitWord(statement);
      if (word.text === 'group_end') return closeGroup(word, rest);
      const regex =
        rest.text === '' && statement.text.length > word.text.length + 1 ? lastBlank(statement) : rest;
      if (regex.text === '') notADirective(word, report);
      if (word.text in GROUPS) return openGroup(word, regex);
      const rule = regex.text === '' ? null : readRule(word, regex, { context, report });
      if (rule) current().push(rule);
    },
    end() {
      for (let group = open.pop(); group; group = open.pop()) dissolveGroup(group);
      reportUnreachable(outermost, report);
      return outermost;
    },
  };
}

/** The regex of `a` and two blanks: one blank. */
function lastBlank(statement: SourceText): SourceText {
  return from(statement, statement.text.length - 1);
}

/** The words that open a group, and what its regex is tried on. */
const GROUPS: Readonly<Record<string, Subject>> = {
  __proto__: null as never,
  group: 'text',
  group_host: 'host',
  group_file: 'file',
  group_priority: 'priority',
};

/** First words of a line, other than names of queues. */
const WORDS = ['set', ...RESERVED.filter((word) => word !== 'csv' && word !== 'set')];

function notADirective(word: SourceText, report: Reporter): void {
  const near = WORDS.includes(word.text) ? null : nearest(word.text, WORDS);
  const instead = near ? `did you mean ${near}?` : 'write QUEUE REGEX, or set NAME VALUE';
  report.error(word, `nothing after ${quote(word.text)}`, instead, 'unknown-directive');
}

interface Reading {
  readonly context: ReadContext;
  readonly report: Reporter;
}

function readRule(word: SourceText, regex: SourceText, reading: Reading): Rule | null {
  const kind = withoutNumber(word, reading.report);
  if (kind === 'trash' || kind === 'repeat') {
    const pattern = readPattern(regex, reading.report, reading.context);
    if (pattern && kind === 'repeat' && pattern.groupCount === 0)
      reading.report.warning(
        regex,
        'a repeat without a capture group adds nothing',
        'put the number in (...)',
        'odd-regex',
      );
    return pattern && { kind, pattern, place: word.place };
  }
  const targets = readTargets(word, reading);
  const pattern = readPattern(regex, reading.report, reading.context);
  return targets && pattern && { kind: 'queues', targets, pattern, place: word.place };
}

/** Tenshi takes `trash:5` for trash. */
function withoutNumber(word: SourceText, report: Reporter): string {
  if (!/^trash:[1-9]\d*$/.test(word.text)) return word.text;
  report.warning(word, `the number in ${quote(word.text)} is ignored`, 'write trash', 'ignored-text');
  return 'trash';
}

/** Reads `a,b:10,c:50`. As in Tenshi, a comma at the end is ignored: `a, b ^x` is the regex `b ^x` for queue a. */
function readTargets(word: SourceText, reading: Reading): Target[] | null {
  const list = word.text.replace(/(?<=[^,]),+$/, '');
  if (list !== word.text)
    reading.report.warning(
      word,
      'a comma at the end: what follows the blank is the regex',
      'write the queues without blanks',
      'odd-queue',
    );
  const targets: (Target | null)[] = [];
  let behind = word;
  for (const part of list.split(',')) {
    targets.push(readTarget({ ...behind, text: part }, reading));
    behind = from(behind, part.length + 1);
  }
  const sound = targets.filter((target) => target !== null);
  reportTwice(sound, word, reading.report);
  if (!isEscalationSound(sound, word, reading.report) || sound.length < targets.length) return null;
  return sound;
}

function readTarget(part: SourceText, { context, report }: Reading): Target | null {
  const [queue = '', every, ...more] = part.text.split(':');
  const fail = (seen: string, instead: string, code: 'unknown-queue' | 'bad-rule'): null => {
    report.error(part, seen, instead, code);
    return null;
  };
  if (queue === '' || more.length > 0)
    return fail(`${quote(part.text)} as a queue`, 'write QUEUE, or QUEUE:NUMBER to escalate', 'bad-rule');
  if (queue !== 'csv' && RESERVED.includes(queue))
    return fail(
      `${quote(part.text)} in a list of queues`,
      `write ${queue} alone, on a line of its own`,
      'bad-rule',
    );
  if (!context.namedQueues.has(queue))
    return fail(`unknown queue ${quote(queue)}`, insteadOf(queue, context), 'unknown-queue');
  if (every === undefined) return { queue, every: null };
  if (!/^[1-9]\d*$/.test(every) || !Number.isSafeInteger(Number(every)))
    return fail(`${quote(every)} as a number`, 'write a number of at least 1', 'bad-rule');
  return { queue, every: Number(every) };
}

function insteadOf(queue: string, context: ReadContext): string {
  return queue === 'csv' ? 'define it above with set csv' : whichQueue(queue, context, WORDS);
}

function reportTwice(targets: readonly Target[], word: SourceText, report: Reporter): void {
  const names = new Set<string>();
  const twice = targets.find(({ queue }) => names.size === names.add(queue).size)?.queue;
  if (twice !== undefined)
    report.warning(
      word,
      `the queue ${quote(twice)} twice: each line counts twice`,
      'name it once',
      'odd-queue',
    );
}

/** Sound: plain queues first (at least one, unless there is one target alone), then numbers that never fall. */
function isEscalationSound(targets: readonly Target[], word: SourceText, report: Reporter): boolean {
  const numbers = targets.map(({ every }) => every ?? 0);
  const falls = numbers.some((number, at) => at > 0 && number < (numbers[at - 1] ?? 0));
  const headless = targets.length > 1 && numbers[0] !== 0;
  if (!falls && !headless) return true;
  report.error(
    word,
    `the numbers of ${quote(word.text)}`,
    'write plain queues first, at least one, then rising numbers: a,b:10,c:50',
    'bad-rule',
  );
  return false;
}
