import { config } from '../../base/text/prose.js';
import type { Pattern } from '../../perl-regex/perl-regex.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Setting } from '../setting.js';
import { each, optional, part, setting } from './declare.js';
import type { ReadContext } from './directive.js';
import { readPattern } from './read-pattern.js';
import { onOff, refuse, zone } from './value-kinds.js';

const { raw } = String;

export const MESSAGES = part(
  'From a line to a message',
  each(
    'prefix',
    'prefixes',
    { grammar: 'REGEX', read: readPrefix },
    'none',
    'A prefix of log lines, tried before the built-in ones, in order. The matched text is removed. The group host, or else group 1, is the host; the group time is the time.',
    'For lines that the built-in prefixes read wrongly. The regex may match anywhere in the line unless it begins with `^`; a blank at the end of the config line belongs to it. If it names no host, the host is this machine, or the sender of a datagram. The time may have the form of any dialect (see DIALECTS). Without a group named time, tayori looks for a time at the beginning of the line.',
    config(raw`set prefix ^\w+ (?<time>\S+ \S+) \[(?<host>[\w.-]+)\]\s`),
  ),
  each(
    'logprefix',
    'logprefixes',
    { grammar: 'REGEX', read: readLogprefix },
    'none',
    'One more prefix of log lines, tried after that of classic syslog, in order. The matched text is removed; group 1 is the host.',
    'The regex may match anywhere in the line unless it begins with `^`. A blank at the end of the config line belongs to it. If a prefix without a group 1 matches, the line is dropped; `check` says so. For the log of a web server:',
    config(raw`set logprefix ^(\S+) \S+ \S+ \[[^\]]+\]\s`),
  ),
  setting(
    'mask',
    { grammar: '[TEXT]', read: readMask, print: String },
    '______',
    'The text that letters show in place of what a capture group of a rule matched. Without TEXT: nothing.',
    'One word of plain text: `$1` and the like have no special meaning.',
  ),
  setting(
    'hidepid',
    onOff,
    false,
    'Remove the process ID from "program[123]: " before the rules see the line.',
    'Lines that differ only in the process ID become one message: `sshd[812]: hello` becomes `sshd: hello`. Write rules for that form.',
  ),
  optional(
    'timezone',
    zone,
    "this machine's",
    'The time zone, such as Asia/Tokyo, of schedules and of log lines that name none.',
  ),
);

function readPrefix(text: SourceText, report: Reporter, context: ReadContext): Setting<Pattern> | undefined {
  if (text.text === '')
    return refuse(report, text, 'no regex', 'write set prefix ^(?<time>\\S+) (?<host>\\S+) ');
  const pattern = readPattern(text, report, context);
  return pattern ? { value: pattern, place: text.place } : undefined;
}

function readLogprefix(
  text: SourceText,
  report: Reporter,
  context: ReadContext,
): Setting<Pattern> | undefined {
  if (text.text === '') return refuse(report, text, 'no regex', 'write set logprefix ^(\\S+) - ');
  const pattern = readPattern(text, report, context);
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
