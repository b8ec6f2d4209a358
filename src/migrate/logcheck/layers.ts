import { ruleLine } from '../migration.js';
import { areApart } from '../regex/leading-texts.js';
import type { LogcheckFile, LogcheckRule } from './read-rules.js';

/** A layer of logcheck: rules that report lines, and rules that take some of these away again. */
export interface Layer {
  readonly queue: string;
  readonly raise: readonly LogcheckFile[];
  readonly ignore: readonly LogcheckFile[];
}

/** So many regexes are joined to one: what is longer nobody can read. */
const JOINED = 16;

/** The rules of a file, with its comments. */
export function plainLines(file: LogcheckFile, queue: string): string[] {
  return file.lines.flatMap((line) =>
    typeof line === 'string' ? line : guarded(line, ruleLine(queue, line.perl)),
  );
}

/**
 * The rules of a layer, file by file. logcheck reports a line by a file unless the ignores of that file match it: those
 * of the same name, of `logcheck-NAME`, `local` and `local-*`, and all for the file `logcheck`. What it has matched and
 * ignored is not reported by a lower layer. Files without ignores come first.
 */
export function layerFiles(layer: Layer): { readonly file: LogcheckFile; readonly lines: string[] }[] {
  const files = layer.raise.filter(({ rules }) => rules.length > 0);
  const ignores = new Map(files.map((file) => [file, ignoresOf(file, layer.ignore)]));
  const isPlain = (file: LogcheckFile): boolean => ignores.get(file)?.length === 0;
  const plain = files.filter(isPlain).map((file) => ({ file, lines: plainLines(file, layer.queue) }));
  const others = files.filter((file) => !isPlain(file));
  const ofOthers = others.map((file, at) => {
    const ignored = ignores.get(file) ?? [];
    const isSole = others.slice(at + 1).every((later) => matchOthers(file, later));
    return {
      file,
      isSole,
      lines: isSole ? trashIgnored(file, ignored, layer.queue) : passIgnored(file, ignored, layer.queue),
    };
  });
  const passed = ofOthers.filter(({ isSole }) => !isSole);
  return [...plain, ...ofOthers, ...passed.map(({ file }) => ({ file, lines: dropIgnored(file) }))];
}

function ignoresOf({ name }: LogcheckFile, ignore: readonly LogcheckFile[]): LogcheckRule[] {
  const files =
    name === 'logcheck'
      ? ignore
      : ignore.filter(
          (one) => one.name === name || one.name === `logcheck-${name}` || /^local(?:-|$)/.test(one.name),
        );
  return files.flatMap(({ rules }) => rules);
}

/** Whether no line is matched by both. */
function matchOthers(some: LogcheckFile, others: LogcheckFile): boolean {
  return some.rules.every((one) =>
    others.rules.every(
      (other) => one.begins !== null && other.begins !== null && areApart(one.begins, other.begins),
    ),
  );
}

/** What is ignored is reported by no other file either: it goes at once. */
function trashIgnored(file: LogcheckFile, ignored: readonly LogcheckRule[], queue: string): string[] {
  return inGroups(file, [
    ...ignored.flatMap((rule) => guarded(rule, ruleLine('trash', rule.perl))),
    `${queue} .*`,
  ]);
}

/** Another file may report what this one ignores. */
function passIgnored(file: LogcheckFile, ignored: readonly LogcheckRule[], queue: string): string[] {
  let lines = [`${queue} .*`];
  for (const some of chunks(ignored.filter(isForAll))) {
    const looks = some.map(
      ({ perl }) => `(?!${perl.startsWith('^') && !perl.includes('|') ? perl.slice(1) : `.*?(?:${perl})`})`,
    );
    lines = [`group ^${looks.join('')}`, ...lines, 'group_end'];
  }
  return inGroups(file, lines);
}

function dropIgnored(file: LogcheckFile): string[] {
  return [
    `# What ${file.name} matches and its ignores took away is reported by no lower layer.`,
    ...file.rules.flatMap((rule) => guarded(rule, ruleLine('trash', rule.perl))),
  ];
}

/** Rules that are asked only of lines that the file matches. */
function inGroups(file: LogcheckFile, lines: readonly string[]): string[] {
  const comments = file.lines.filter((line) => typeof line === 'string');
  const anyHost = file.rules.filter(isForAll);
  const ofHosts = file.rules.filter((rule) => !isForAll(rule)).map((rule) => [rule]);
  const groups = [...chunks(anyHost), ...ofHosts].flatMap((some) => {
    const perl = some.length === 1 ? (some[0]?.perl ?? '') : some.map((rule) => `(?:${rule.perl})`).join('|');
    return guarded(some[0], ruleLine('group', perl), ...lines, 'group_end');
  });
  return [...comments, ...groups];
}

function isForAll({ host, log }: LogcheckRule): boolean {
  return host === null && log === null;
}

function guarded(rule: LogcheckRule | undefined, ...lines: readonly string[]): string[] {
  const ofHost = rule?.host ? [`group_host ${rule.host}`, ...lines, 'group_end'] : [...lines];
  return rule?.log ? [`group_file ${rule.log}`, ...ofHost, 'group_end'] : ofHost;
}

/** Numbers of groups would change where regexes are joined: one with a backreference stays alone. */
function chunks(all: readonly LogcheckRule[]): LogcheckRule[][] {
  const found: LogcheckRule[][] = [];
  for (const rule of all) {
    const last = found.at(-1);
    const isFull =
      !last || last.length === JOINED || [rule, last[0]].some((one) => one?.perl.includes('\\g{'));
    if (isFull) found.push([rule]);
    else last.push(rule);
  }
  return found;
}
