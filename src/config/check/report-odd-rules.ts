import { quote } from '../../base/text/quote.js';
import { neverMatches } from '../../perl-regex/perl-regex.js';
import { flattenRules } from '../../rule/flat-rules.js';
import type { Rule } from '../../rule/rule.js';
import type { Reporter } from '../read/report.js';

/**
 * `sshd\[\d+\]` where a regex begins: a program, or several in a group, and the number of its process. With a blank
 * behind it the number stays, as in `launchd[1] (service): text`.
 */
const PROGRAM_WITH_PID =
  /^\^?((?:[\w./-]|\\[./-])+|\((?:\?:)?[\w./|\\-]+\))(\\\[\(?(?:\\d|\[0-9\]|\[\[:digit:\]\]|\.)(?:[+*]|\{[\d,]+\})\)?\\\])(?![?*{ ]|\\s|\[ \])/;

/** `^\w{3} [ :0-9]{11} `, as the rules of logcheck begin, or a stamp that is written out. */
const STAMP =
  /^\^\(?(?:\?:)?(?:(?:\\w|\[\[:alpha:\]\]|\[A-Za-z\])\{3\}|\\w\\w\\w|\[A-Z\]\[a-z\]\{2\})(?: |\\s)[+*]?(?:\[[^\]]*(?:0-9|\\d|:digit:)|\\d|\{|\.)/;

/**
 * Warns of rules that are written for other programs than ours, and match no message: those of logcheck, which match
 * the whole line, those that want the number of a process that `set hidepid on` has taken away, and those that can match
 * nothing at all.
 */
export function reportOddRules(rules: readonly Rule[], hidepid: boolean, report: Reporter): void {
  for (const { rule } of flattenRules(rules)) {
    if (rule.kind === 'group' && rule.on !== 'text') continue;
    const fault = STAMP.test(rule.pattern.source)
      ? LOGCHECK
      : ((hidepid ? pidFault(rule) : null) ?? deadFault(rule));
    if (fault) report.warning({ place: rule.place, text: '' }, fault.seen, fault.instead, 'odd-regex');
  }
}

interface OddRule {
  readonly seen: string;
  readonly instead: string;
}

const LOGCHECK: OddRule = {
  seen: 'a regex that begins with a stamp, as those of logcheck do, and rules see what stands behind stamp and host',
  instead: 'begin with the program, as in ^sshd: or, without set hidepid on, ^sshd\\[\\d+\\]:',
};

/** Blanks behind a `$` are the usual reason: those at the end of a line belong to its regex. */
function deadFault({ pattern }: Rule): OddRule | null {
  if (!neverMatches(pattern)) return null;
  return {
    seen: 'a regex that matches no line: it asks for something behind $, or in front of ^',
    instead: /\$[ \t]+$/.test(pattern.source)
      ? 'remove the blanks at the end of the line'
      : 'remove that, or write \\$ and \\^',
  };
}

function pidFault({ pattern }: Rule): OddRule | null {
  const [found, program, pid] = PROGRAM_WITH_PID.exec(pattern.source) ?? [];
  if (found === undefined) return null;
  return {
    seen: `${quote(`${program}${pid}`)}, which matches no program: set hidepid on takes the number away`,
    instead: `write ${program} without the number`,
  };
}
