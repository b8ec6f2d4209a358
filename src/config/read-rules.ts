import type { Rule, Target } from '../rule/rule.js';
import type { Draft, Reporter } from './draft.js';
import { nearest } from './nearest.js';
import { readPattern } from './read-pattern.js';
import { RESERVED } from './read-queue.js';
import { from, type Statement, splitWord } from './statement.js';

interface OpenGroup {
  readonly statement: Statement;
  /** null for the outermost level, and for a group whose regex was refused. */
  readonly head: Extract<Rule, { kind: 'group' }> | null;
  readonly rules: Rule[];
}

/** Reads rules one by one as they stand in the config, and closes up at its end. */
export interface RuleReader {
  read(statement: Statement): void;
  end(): Rule[];
}

/** `QUEUES REGEX`, `trash`, `repeat`, `group`, `group_host` ... `group_end`. Queues must be defined above. */
export function createRuleReader(draft: Draft, report: Reporter): RuleReader {
  const levels: OpenGroup[] = [
    { statement: { place: { file: '', line: 0, column: 0 }, text: '' }, head: null, rules: [] },
  ];
  const current = (): Rule[] => levels.at(-1)?.rules ?? [];

  function closeGroup(statement: Statement): void {
    if (levels.length === 1)
      return report.error(
        statement,
        '"group_end" without its group',
        'remove it, or open a group above',
        'bad-group',
      );
    const group = levels.pop();
    if (group?.head) current().push({ ...group.head, rules: group.rules });
  }

  function openGroup(on: 'text' | 'host', statement: Statement, regex: Statement): void {
    const pattern = readPattern(regex, report);
    const head = pattern && ({ kind: 'group', on, pattern, place: regex.place, rules: [] } as const);
    levels.push({ statement, head, rules: [] });
  }

  return {
    read(statement) {
      const { word, rest } = splitWord(statement);
      if (word.text === 'group_end' && rest.text === '') return closeGroup(statement);
      const regex =
        rest.text === '' && statement.text.length > word.text.length + 1 ? lastBlank(statement) : rest;
      if (regex.text === '') return notADirective(word, report);
      if (word.text === 'group') return openGroup('text', statement, regex);
      if (word.text === 'group_host') return openGroup('host', statement, regex);
      const rule = readRule(word, regex, draft, report);
      if (rule) current().push(rule);
    },
    end() {
      while (levels.length > 1) {
        const group = levels.pop();
        if (!group) break;
        report.warning(
          group.statement,
          'a group without its group_end: it skips nothing',
          'write group_end behind its last rule',
          'bad-group',
        );
        current().push(...group.rules);
      }
      const rules = current();
      tellUnreachable(rules, report);
      return rules;
    },
  };
}

/** `a` and two blanks: the regex is one blank. */
function lastBlank(statement: Statement): Statement {
  return from(statement, statement.text.length - 1);
}

function notADirective(word: Statement, report: Reporter): void {
  const known = ['set', ...RESERVED];
  const near = nearest(word.text, known);
  const form =
    known.includes(word.text) || !near ? 'write QUEUE REGEX, or set NAME VALUE' : `did you mean ${near}?`;
  report.error(word, `"${word.text}" with nothing behind it`, form, 'unknown-directive');
}

function readRule(word: Statement, regex: Statement, draft: Draft, report: Reporter): Rule | null {
  const kind = word.text;
  if (kind === 'trash' || kind === 'repeat') {
    const pattern = readPattern(regex, report);
    if (pattern && kind === 'repeat' && pattern.enclosing.length === 0)
      report.warning(
        regex,
        'a repeat without a capture group adds nothing',
        'put the number in (...)',
        'odd-regex',
      );
    return pattern && { kind, pattern, place: word.place };
  }
  const targets = readTargets(word, draft, report);
  const pattern = readPattern(regex, report);
  return targets && pattern && { kind: 'queues', targets, pattern, place: word.place };
}

/** `a,b:10,c:50`; a comma at the end is passed over, as Tenshi does, so that `a, b ^x` looks for `b ^x` in a. */
function readTargets(word: Statement, draft: Draft, report: Reporter): Target[] | null {
  const parts = word.text.split(',');
  if (parts.at(-1) === '' && parts.length > 1) {
    parts.pop();
    report.warning(
      word,
      'a comma at the end: what follows the blank is the regex',
      'write the queues without blanks',
      'odd-regex',
    );
  }
  const targets: Target[] = [];
  let offset = 0;
  let sound = true;
  for (const part of parts) {
    const target = readTarget(
      from({ ...word, text: word.text.slice(0, offset + part.length) }, offset),
      draft,
      report,
    );
    if (target) targets.push(target);
    sound &&= target !== null;
    offset += part.length + 1;
  }
  return sound && isEscalationSound(targets, word, report) ? targets : null;
}

function readTarget(part: Statement, draft: Draft, report: Reporter): Target | null {
  const [queue = '', every, ...more] = part.text.split(':');
  const fail = (seen: string, instead: string, code: 'unknown-queue' | 'bad-rule'): null => {
    report.error(part, seen, instead, code);
    return null;
  };
  if (queue === '' || more.length > 0)
    return fail(`"${part.text}" as a queue`, 'write QUEUE, or QUEUE:NUMBER to escalate', 'bad-rule');
  if (RESERVED.includes(queue))
    return fail(`"${queue}" in a list of queues`, 'give it a rule of its own', 'bad-rule');
  if (!draft.queues.has(queue))
    return fail(`the unknown queue "${queue}"`, whichQueue(queue, draft), 'unknown-queue');
  if (every === undefined) return { queue, every: null };
  if (!/^[1-9]\d*$/.test(every))
    return fail(`"${every}" as a number`, 'write a number from 1 on', 'bad-rule');
  report.error(
    part,
    'escalation ("queue:number") is not served yet',
    'name the queue without a number',
    'not-served',
  );
  return null;
}

function whichQueue(queue: string, draft: Draft): string {
  const known = [...draft.queues.keys()];
  const near = nearest(queue, [...known, 'trash', 'repeat', 'group', 'group_host']);
  if (near) return `did you mean ${near}?`;
  return known.length > 0
    ? `define it above, or use one of ${known.join(', ')}`
    : 'define it above with set queue';
}

/** Numbers never fall from left to right, plain queues come first, and the leftmost is plain unless it is alone. */
function isEscalationSound(targets: readonly Target[], word: Statement, report: Reporter): boolean {
  const numbers = targets.map(({ every }) => every ?? 0);
  const falls = numbers.some((number, at) => at > 0 && number < (numbers[at - 1] ?? 0));
  const headless = targets.length > 1 && numbers[0] !== 0;
  if (!falls && !headless) return true;
  report.error(
    word,
    `the numbers of "${word.text}"`,
    'write plain queues first, then rising numbers: a,b:10,c:50',
    'bad-rule',
  );
  return false;
}

/** A rule behind one of the same regex, or behind one that takes everything, never has its turn. */
function tellUnreachable(rules: readonly Rule[], report: Reporter): void {
  const seen = new Map<string, Rule>();
  let all: Rule | null = null;
  for (const rule of rules) {
    const { place, pattern } = rule;
    const before = all ?? (rule.kind === 'group' ? undefined : seen.get(pattern.source));
    if (before)
      report.warning(
        { place, text: '' },
        `never reached: ${before.place.file}:${before.place.line} takes its lines`,
        'remove it, or move it up',
        'unreachable-rule',
      );
    if (rule.kind === 'group') tellUnreachable(rule.rules, report);
    else seen.set(pattern.source, rule);
    if (rule.kind !== 'group' && TAKES_ALL.has(pattern.source)) all = rule;
  }
}

const TAKES_ALL = new Set(['.*', '^', '^.*', '^.*$', '(.*)', '^(.*)$', '']);
