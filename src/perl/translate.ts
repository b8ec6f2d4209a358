import { maskSpans } from './mask-spans.js';
import { parsePerl } from './parse.js';
import type { Match, Pattern, Span, Translation } from './pattern.js';
import { type Regex, RegexFault } from './regex-node.js';
import { type JavascriptRegex, toJavascript } from './to-javascript.js';

/** Makes a Perl regex ready to run, or says at which character it cannot be carried over, and why. */
export function translatePerl(source: string): Translation {
  try {
    const regex = parsePerl(source);
    return {
      ok: true,
      pattern: javascriptPattern(source, regex, toJavascript(regex)),
      notices: regex.notices,
    };
  } catch (error) {
    if (error instanceof RegexFault)
      return { ok: false, offset: error.offset, seen: error.seen, instead: error.instead };
    if (error instanceof SyntaxError)
      return {
        ok: false,
        offset: 0,
        seen: `a regex that cannot be carried over (${error.message})`,
        instead: 'write it more simply',
      };
    throw error;
  }
}

/** Finding needs no positions of groups, which cost much: the regex that gives them runs only on what is masked. */
function javascriptPattern(
  source: string,
  { enclosing }: Regex,
  { source: text, groups }: JavascriptRegex,
): Pattern {
  const finding = new RegExp(text, 'u');
  let placing: RegExp | null = null;

  function exec(subject: string): Match | null {
    placing ??= new RegExp(text, 'du');
    const found = placing.exec(subject);
    if (!found?.indices) return null;
    const { indices } = found;
    const whole = toSpan(indices[0]) ?? { start: 0, end: 0 };
    return { ...whole, groups: groups.map((group) => toSpan(indices[group])) };
  }

  return {
    source,
    enclosing,
    test: (subject) => finding.test(subject),
    exec,
    mask(subject, mask) {
      if (groups.length === 0) return finding.test(subject) ? subject : null;
      const match = exec(subject);
      return match && maskSpans(subject, match.groups, enclosing, mask);
    },
  };
}

function toSpan(index: [number, number] | undefined): Span | null {
  return index ? { start: index[0], end: index[1] } : null;
}
