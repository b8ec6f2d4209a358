import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reasonOf } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { isRoot } from '../daemon/privileges.js';
import { check } from './check.js';
import { type Answers, answer } from './init/answers.js';
import { configText, SHIPPED_RULES } from './init/config-text.js';
import { type FoundLog, findLogs, hasJournal, type LogReader, whoWillRead } from './init/find-logs.js';
import { CalledOff } from './init/questions.js';
import { writeConfig } from './init/write-config.js';
import { testMail } from './test-mail.js';

export interface InitOptions {
  readonly to: string | undefined;
  readonly from: string | undefined;
  /** As behind `set mailserver`; `-`: none. */
  readonly mailserver: string | undefined;
  /** None: those that are found. */
  readonly logs: readonly string[];
  readonly out: string | undefined;
  /** Takes the usual answer where nothing is said. */
  readonly yes: boolean;
  readonly force: boolean;
  /** Sends a test letter at the end. */
  readonly test: boolean;
}

const LOG_FOLDER = '/var/log';
const SYSTEM_CONFIG = '/etc/tayori/tenshi.conf';

/** Where the unit of the package, or one that was copied, may lie. */
const UNITS = ['/etc', '/usr/lib', '/lib'].map((folder) => `${folder}/systemd/system/tayori.service`);

/** `tayori init`: writes a config for this machine, checks it, and sends a test letter. */
export async function init(options: InitOptions, io: Io): Promise<ExitCode> {
  const tell = (words: string): void => void io.stderr.write(`${escapeControl(`tayori: ${words}`)}\n`);
  const print = (words: string): void => void io.stdout.write(`${escapeControl(words)}\n`);
  const out = resolve(options.out ?? (isRoot() ? SYSTEM_CONFIG : 'tenshi.conf'));
  if (existsSync(out) && !options.force) {
    tell(
      `${out} is there already; --force replaces it and keeps it as ${out}.old, --out writes another file`,
    );
    return 1;
  }
  const reader = whoWillRead();
  const logs = options.logs.length > 0 ? namedLogs(options.logs) : findLogs(reader, LOG_FOLDER);
  for (const line of linesOn(logs, reader)) print(line);
  try {
    const answers = await answer({ ...options, folder: dirname(out) }, io);
    if (!answers.ok) {
      tell(answers.reason);
      return 2;
    }
    write(out, { logs, answers, reader, force: options.force });
  } catch (error) {
    tell(
      error instanceof CalledOff
        ? 'called off; nothing is written'
        : `nothing is written: ${reasonOf(error)}`,
    );
    return 1;
  }
  print(`${out} is written.`);
  return await tryConfig(out, options.test, { reader, print, tell }, io);
}

function namedLogs(paths: readonly string[]): FoundLog[] {
  return paths.map((path) => ({ kind: 'readable', path: resolve(path) }));
}

function linesOn(logs: readonly FoundLog[], { name }: LogReader): string[] {
  const readable = logs.filter(({ kind }) => kind === 'readable');
  const found = logs.map(lineOn);
  if (readable.length > 0) return [`Logs that ${name} is going to read:`, ...found];
  if (logs.length > 0) return [`No log is here that ${name} may read:`, ...found];
  return [
    hasJournal()
      ? `No log is in ${LOG_FOLDER}: the journal is read instead (journal_fallback), which root and the groups systemd-journal and adm may.`
      : `No log is in ${LOG_FOLDER}: the usual ones are awaited; or name some with --log FILE.`,
  ];
}

function lineOn(log: FoundLog): string {
  switch (log.kind) {
    case 'readable':
      return `  ${log.path}`;
    case 'copied':
      return `  ${log.path}: left out, since what is in it is in ${log.of}, too`;
    case 'unreadable':
      return `  ${log.path}: ${log.why}`;
  }
}

interface Written {
  readonly logs: readonly FoundLog[];
  readonly answers: Answers;
  readonly reader: LogReader;
  readonly force: boolean;
}

function write(out: string, { logs, answers, reader, force }: Written): void {
  const { mail, to, from, passwordFile } = answers;
  const hasOwnRules = existsSync(join(dirname(out), 'includes-active'));
  const text = configText({
    uid: isRoot() ? reader.name : null,
    logs,
    server: mail.server,
    password: passwordFile?.path ?? null,
    from,
    to,
    rules: hasOwnRules ? 'includes-active' : SHIPPED_RULES,
    made: new Date(),
  });
  writeConfig(out, text, { passwordFile, reader, force });
}

interface Telling {
  readonly reader: LogReader;
  print(words: string): void;
  tell(words: string): void;
}

/** Checks what was written, sends a letter, and says what comes next. */
async function tryConfig(out: string, test: boolean, telling: Telling, io: Io): Promise<ExitCode> {
  const { reader, print, tell } = telling;
  if ((await check({ config: out }, io)) !== 0) {
    tell(`mend ${out} and run "tayori check ${out}"`);
    return 1;
  }
  const asRoot = isRoot() && reader.uid === 0;
  const code = test ? await testMail({ config: out, address: undefined }, io) : 0;
  if (code !== 0) tell(`mend it in ${out}, and run "tayori test-mail -c ${out}"`);
  if (asRoot)
    print(
      `It will run as root, as there is no account tayori. Better: adduser --system --group tayori; usermod -aG adm tayori; set uid tayori in ${out}`,
    );
  print(`Next: ${nextCommand(out)}`);
  return code;
}

function nextCommand(out: string): string {
  const isService = out === SYSTEM_CONFIG && existsSync('/run/systemd/system') && UNITS.some(existsSync);
  return isService
    ? 'systemctl enable --now tayori (systemctl reload tayori, where it runs already)'
    : `tayori -f -c ${out}`;
}
