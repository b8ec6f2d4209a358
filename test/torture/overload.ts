import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { SqliteError } from '../../src/store/sqlite/error.js';
import { openSqlite, type Sqlite } from '../../src/store/sqlite/open-sqlite.js';
import { maildir } from '../support/maildir.js';
import { stamp } from '../support/stamp.js';
import { type Launched, launch } from '../support/tayori.js';
import { until } from '../support/until.js';

export interface Overload {
  /** Lines that stand in three files when the daemon begins, every one different. */
  readonly lines: number;
  readonly folder: string;
  /** Full letters tell what is new before the rest; only plain ones can be added up by their lines. */
  readonly letter: 'full' | 'plain';
}

export interface Endured {
  /** Most memory the process ever had, MB. */
  readonly memory: number;
  /** Lines read by the counters, messages and lines in the tallies. */
  readonly read: number;
  readonly messages: number;
  readonly counted: number;
  /** Lines that stood unread in the files when the first daemon had ended. */
  readonly behind: number;
  /** Letters that the signals made. */
  readonly letters: number;
  /** Lines a second, up to the first letter. */
  readonly speed: number;
}

const FILES = 3;

/** A letter for each flush; the rest stays counted, so that the tally holds every line. */
const CONF = `set uid root
set state state
set start beginning
set sleep 1
set queue all f@x.org t@x.org [0 0 1 1 *] All
all ^app: `;

/**
 * A daemon that meets three files full of lines that are all different. In the midst of the work it is told to look,
 * to mail and to end; then it is started again, and reads the rest.
 */
export async function overload({ lines, folder, letter }: Overload): Promise<Endured> {
  const logs = Array.from({ length: FILES }, (_, file) =>
    writeLog(folder, file, Math.floor((lines + file) / FILES)),
  );
  writeFileSync(
    join(folder, 'tenshi.conf'),
    `${logs.map((log) => `set logfile ${log}\n`).join('')}set letter ${letter}\n${CONF}`,
  );
  const letters = (): string[] => maildir(join(folder, 'state'));
  const began = Date.now();
  const first = start(folder);
  await until(() => readSoFar(folder) > lines / 20, first.ended);
  first.child.kill('SIGUSR1');
  first.child.kill('SIGUSR2');
  await until(() => letters().length > 0, first.ended);
  const speed = Math.round((readSoFar(folder) * 1000) / (Date.now() - began));
  await first.end('SIGTERM');
  const before = readSoFar(folder);
  const second = start(folder);
  await until(() => readSoFar(folder) === lines, second.ended);
  await second.end('SIGTERM');
  return {
    memory: Math.max(first.memory(), second.memory()),
    read: readSoFar(folder),
    ...(await inLetters(folder)),
    behind: lines - before,
    letters: letters().length,
    speed,
  };
}

/** Lines of one length, in an order that is no order: neither the index nor the compressor has it easy. */
function writeLog(folder: string, file: number, lines: number): string {
  const path = join(folder, `${file}.log`);
  const fd = openSync(path, 'w');
  const at = stamp(Date.now());
  let text = '';
  for (let line = 0; line < lines; line++) {
    const mark = createHash('md5').update(`${file} ${line}`).digest('base64url');
    text += `${at} web${file} app: ${mark} of request ${line} could not be served in time\n`;
    if (text.length < 1_000_000 && line + 1 < lines) continue;
    writeSync(fd, text);
    text = '';
  }
  closeSync(fd);
  return path;
}

interface Process extends Launched {
  /** The most it has had, MB. */
  memory(): number;
}

/** How often a process is looked at, ms. */
const LOOK = 50;

function start(folder: string): Process {
  const process = launch(['-f', '-c', join(folder, 'tenshi.conf')]);
  let most = 0;
  const look = (): void => {
    most = Math.max(most, peakOf(process.child.pid));
  };
  const timer = setInterval(look, LOOK);
  void process.ended.then(() => clearInterval(timer));
  return { ...process, memory: () => most };
}

/** MB, from Linux's /proc; 0 where there is none. */
function peakOf(pid: number | undefined): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** What the state says, while a daemon works with it. */
function ask<T>(folder: string, question: (db: Sqlite) => T, otherwise: T): T {
  const path = join(folder, 'state', 'tayori.db');
  if (!existsSync(path)) return otherwise;
  const db = openSqlite(path, { readonly: true });
  try {
    return question(db);
  } catch (error) {
    if (error instanceof SqliteError) return otherwise; // the schema is being made just now
    throw error;
  } finally {
    db.close();
  }
}

function readSoFar(folder: string): number {
  const count = (db: Sqlite): unknown =>
    db.prepare("SELECT value FROM counter WHERE name = 'lines'").pluck().get();
  return Number(ask(folder, count, 0) ?? 0);
}

/** All that letters tell, shown or left out, and what waits to be told. */
async function inLetters(folder: string): Promise<{ messages: number; counted: number }> {
  let messages = Number(ask(folder, (db) => db.prepare(`SELECT count(*) ${WAITING}`).pluck().get(), 0));
  let counted = Number(ask(folder, (db) => db.prepare(`SELECT total(count) ${WAITING}`).pluck().get(), 0));
  for (const letter of maildir(join(folder, 'state'))) {
    const { text = '' } = await PostalMime.parse(letter);
    for (const [, lines] of text.matchAll(/^ {4}(\d+): /gm)) {
      messages += 1;
      counted += Number(lines);
    }
    for (const [, more, lines] of text.matchAll(LEFT_OUT)) {
      messages += Number(more);
      counted += Number(lines);
    }
  }
  return { messages, counted };
}

const LEFT_OUT = /(\d+) more messages? \((\d+) lines?\) (?:with news |of further hosts )?left out/g;
const WAITING = 'FROM tally WHERE edition IN (SELECT id FROM edition)';
