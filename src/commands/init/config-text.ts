import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { EMBEDDED_CONFIG } from '../../base/package.js';
import type { FoundLog } from './find-logs.js';

/** What a config is made of. */
export interface ConfigParts {
  /** Who the daemon becomes when root starts it; null: nobody else. */
  readonly uid: string | null;
  readonly logs: readonly FoundLog[];
  /** null: a Maildir in the state. */
  readonly server: string | null;
  /** The file with the password; null: there is no login. */
  readonly password: string | null;
  readonly from: string;
  readonly to: string;
  /** The folder of the rules that ship. */
  readonly rules: string;
  readonly made: Date;
}

/** The folder of the rules that come with the program. */
export const SHIPPED_RULES = resolve(dirname(EMBEDDED_CONFIG), '../includes-active');

/** The first paragraph of its section. */
const LOGS = /(?<=^## 1\. .*\n)[\s\S]*?(?=\n\n)/m;

/** The sample config that ships, with what is known of this machine in its place: it keeps its order and its comments. */
export function configText(parts: ConfigParts): string {
  const sample = readFileSync(EMBEDDED_CONFIG, 'utf8');
  const changes: readonly (readonly [what: RegExp, text: string])[] = [
    [/^[\s\S]*?\n(?=## )/, headOf(parts)],
    [/^#set uid tayori$/m, parts.uid === null ? '#set uid tayori' : `set uid ${parts.uid}`],
    ...(parts.logs.length > 0 ? [[LOGS, logsOf(parts.logs)] as const] : []),
    [/(?<=^## 2\. .*\n)/m, mailOf(parts)],
    [/(?<=^includedir )\.\.\/includes-active$/m, parts.rules],
    [/ templates\/letter\.hbs/, ` ${join(dirname(EMBEDDED_CONFIG), 'templates/letter.hbs')}`],
  ];
  const text = changes.reduce((text, [what, by]) => replaceIn(text, what, by), sample);
  return text.replace(
    /^(set queue \S+) \S+ (pager:)?\S+/gm,
    (_, queue: string, pager = '') =>
      `${queue} ${parts.from} ${parts.to
        .split(',')
        .map((address) => `${pager}${address}`)
        .join(',')}`,
  );
}

function headOf({ made }: ConfigParts): string {
  return [
    `# tayori: the config of ${hostname()}, written by "tayori init" on ${made.toISOString().slice(0, 10)}.`,
    '#',
    '# It is in the order in which one sets it up: which logs, where mail goes,',
    '# which letters, and then the rules, which sort every line into a letter.',
    '# Run "tayori check" after every change; "tayori digest LOG" shows the',
    '# letters that a log would make, "tayori test-mail" sends a letter.',
    '',
    '',
  ].join('\n');
}

/** Without a log that can be read, those that cannot be stand there: they will be read when they may be. */
function logsOf(logs: readonly FoundLog[]): string {
  const hasReadable = logs.some(({ kind }) => kind === 'readable');
  const lines = logs.flatMap((log) => linesOf(log, hasReadable ? '#' : ''));
  return ['# Those that were there. A log that is not there yet may be named, too.', ...lines].join('\n');
}

function linesOf(log: FoundLog, mark: string): string[] {
  switch (log.kind) {
    case 'readable':
      return [`set logfile ${log.path}`];
    case 'copied':
      return [
        `# What is in this one is in ${log.of}, too, and would be counted twice.`,
        `#set logfile ${log.path}`,
      ];
    case 'unreadable':
      return [`# Not readable: ${log.why}`, `${mark}set logfile ${log.path}`];
  }
}

function mailOf({ server, password }: ConfigParts): string {
  if (server === null) return '';
  const login = password === null ? [] : [`set mailpassword ${password}`];
  return [`set mailserver ${server}`, ...login, '', ''].join('\n');
}

/** A sample that has changed must not go out half adapted. */
function replaceIn(text: string, what: RegExp, by: string): string {
  if (!what.test(text)) throw new Error(`the sample config has nothing like ${what}`);
  return text.replace(what, () => by);
}
