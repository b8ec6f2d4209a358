import { config } from '../../base/text/prose.js';
import type { Pattern } from '../../perl-regex/perl-regex.js';
import { quote } from '../read/fault.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Setting } from '../setting.js';
import { each, optional, part, setting } from './declare.js';
import { readPattern } from './read-pattern.js';
import { checked, onOff, refuse, word } from './value-kinds.js';

const { raw } = String;

export const MESSAGES = part(
  'From a line to a message',
  each(
    'prefix',
    'prefixes',
    { grammar: 'REGEX', read: readPrefix },
    'none',
    'A prefix of log lines that is tried before the built-in ones, in order. What matches is cut off; the group host, or group 1, is the host, the group time the time.',
    'For lines that the built-in prefixes read wrongly. It is found anywhere in the line unless `^` stands in front, and a blank at the end of the line belongs to it. Where it names no host the line is of this machine; a datagram is of its sender. The time may have any form that a dialect has (see DIALECTS); without a group of that name it is looked for at the beginning of the line.',
    config(raw`set prefix ^\w+ (?<time>\S+ \S+) \[(?<host>[\w.-]+)\]\s`),
  ),
  each(
    'logprefix',
    'logprefixes',
    { grammar: 'REGEX', read: readLogprefix },
    'none',
    'One more prefix of log lines, tried after the built-in one, in order. What matches is cut off; group 1 is the host.',
    'It is found anywhere in the line unless `^` stands in front. A blank at the end of the line belongs to it. A prefix that matches without a group 1 drops the line, and `check` says so. For the log of a web server:',
    config(raw`set logprefix ^(\S+) \S+ \S+ \[[^\]]+\]\s`),
  ),
  setting(
    'mask',
    { grammar: '[TEXT]', read: readMask, print: String },
    '______',
    'What stands in letters for what a capture group of a rule matched. Without TEXT: nothing.',
    'One word: it is text, in which `$1` and the like mean nothing.',
  ),
  setting(
    'hidepid',
    onOff,
    false,
    'Take the process number out of "program[123]: " before the rules see the line.',
    'So that the same words are the same message: `sshd[812]: hello` becomes `sshd: hello`. Rules see what is left, and are written for it.',
  ),
  optional(
    'timezone',
    checked(word('ZONE'), checkZone),
    "this machine's",
    'The zone, such as Asia/Tokyo, of schedules and of log lines that name none.',
  ),
);

function readPrefix(text: SourceText, report: Reporter): Setting<Pattern> | undefined {
  if (text.text === '')
    return refuse(report, text, 'no regex', 'write set prefix ^(?<time>\\S+) (?<host>\\S+) ');
  const pattern = readPattern(text, report);
  return pattern ? { value: pattern, place: text.place } : undefined;
}

function readLogprefix(text: SourceText, report: Reporter): Setting<Pattern> | undefined {
  if (text.text === '') return refuse(report, text, 'no regex', 'write set logprefix ^(\\S+) - ');
  const pattern = readPattern(text, report);
  if (!pattern) return undefined;
  if (pattern.groupCount === 0)
    report.warning(
      text,
      'a prefix without a capture group: its lines have no host and are dropped',
      'put the host in (...)',
      'odd-regex',
    );
  return { value: pattern, place: text.place };
}

function readMask(text: SourceText, report: Reporter): string {
  const { word, rest } = splitWord(text);
  reportRest(rest, report);
  return word.text;
}

function checkZone(zone: string, at: SourceText, report: Reporter): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // Intl throws at a zone that it does not know.
    report.error(at, `the unknown time zone ${quote(zone)}`, 'write one such as Europe/Berlin');
    return false;
  }
}
