import type { Joined, JoinLines } from '../../base/text/joiner.js';
import { readJson } from './json.js';

/** A line of a container's log. `isPartial`: more of the same stream follows. */
interface ContainerLine {
  readonly stream: string;
  readonly isPartial: boolean;
  /** What stands before the text, and behind it. */
  readonly text: string;
  /** The line with another text in it. */
  with(text: string): string;
}

/** UTF-16 units of a joined entry: what is more is cut. Runtimes cut lines at 16 KiB. */
const MAX_JOINED_UNITS = 256 * 1024;

/** `2026-11-29T10:02:57.123456789Z stdout F text`: the runtimes of Kubernetes (CRI). */
const CRI = /^(\S+ (stdout|stderr) )([FP])(?::\S+)? /;

/** Joins the partial lines of a container runtime (CRI), each stream by itself. */
export const joinCri: JoinLines = joinPartial((line) => {
  const match = CRI.exec(line);
  if (!match) return null;
  const [head, before = '', stream = '', tag] = match;
  return {
    stream,
    isPartial: tag === 'P',
    text: line.slice(head.length),
    with: (text) => `${before}F ${text}`,
  };
});

/** Joins the partial lines of Docker's driver `json-file`: their `log` has no newline at its end. */
export const joinDocker: JoinLines = joinPartial((line) => {
  const fields = readJson(line);
  const log = fields?.get('log');
  if (!fields || log === undefined) return null;
  return {
    stream: fields.get('stream') ?? '',
    isPartial: !log.endsWith('\n'),
    text: log,
    with: (text) => JSON.stringify({ ...Object.fromEntries(fields), log: text }),
  };
});

/** An entry, and the first and the last of its lines. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** An entry whose last part has not come yet; `last`: the line of its latest part. */
interface Begun extends Span {
  readonly last: ContainerLine;
}

function joinPartial(read: (line: string) => ContainerLine | null): JoinLines {
  return (lines, isEnd) => {
    const spans: Span[] = [];
    const begun = new Map<string, Begun>();
    for (const [at, line] of lines.entries()) {
      const found = read(line);
      const before = found && begun.get(found.stream);
      if (!found || (!found.isPartial && !before)) spans.push({ from: at, to: at, text: line });
      else {
        const joined = {
          from: before?.from ?? at,
          to: at,
          text: (before?.text ?? '') + found.text,
          last: found,
        };
        if (found.isPartial) begun.set(found.stream, joined);
        else {
          begun.delete(found.stream);
          spans.push(ended(joined));
        }
      }
    }
    if (isEnd)
      return { entries: [...spans, ...[...begun.values()].map(ended)].map(({ text }) => text), held: 0 };
    return complete(spans, begun, lines.length);
  };
}

function ended({ from, to, text, last }: Begun): Span {
  return { from, to, text: last.with(cut(text)) };
}

/** Only whole lines at the end can be held: so are entries that end among them. */
function complete(spans: readonly Span[], begun: ReadonlyMap<string, Begun>, lines: number): Joined {
  let first = Math.min(lines, ...[...begun.values()].map(({ from }) => from));
  for (const { from, to } of [...spans].sort((a, b) => b.to - a.to))
    if (to >= first) first = Math.min(first, from);
  const entries = spans.filter(({ to }) => to < first).map(({ text }) => text);
  return { entries, held: lines - first };
}

function cut(text: string): string {
  return text.length <= MAX_JOINED_UNITS
    ? text
    : `${text.slice(0, MAX_JOINED_UNITS)} [cut: ${text.length - MAX_JOINED_UNITS} more characters]`;
}
