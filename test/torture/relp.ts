import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { SqliteError } from '../../src/store/sqlite/error.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { freePort } from '../support/free-port.js';
import { createRandom, type Random } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { asRoot, type DaemonProcess, startProcess } from './daemon-process.js';
import { openRelpProxy, type RelpProxy } from './relp-proxy.js';

export const RSYSLOGD = '/usr/sbin/rsyslogd';

export interface RelpTortureOptions {
  /** Messages that rsyslog is given, every one different. */
  readonly messages: number;
  /** How often the daemon is killed, and how often the connection is cut. */
  readonly kills: number;
  readonly cuts: number;
  readonly seed: number;
}

export interface RelpFigures {
  readonly kills: number;
  readonly cuts: number;
  /** Messages that were never counted. */
  readonly lost: number;
  /** How often a message was counted that was counted before. */
  readonly repeated: number;
  /** Messages whose sender had no answer for sure when its connection ended: it may repeat so many. */
  readonly unanswered: number;
  /** What the daemon has told of those: it hears of cuts, and nothing of kills. */
  readonly told: number;
  readonly seconds: number;
  /** What the daemon said, its end. */
  readonly words: string;
}

/** When so long (ms) nothing more was counted, the missing messages are lost. rsyslog waits for a second, then longer. */
const PATIENCE = 60_000;
/** When all messages are counted, those that come twice may still come (ms). */
const SETTLE = 3000;
const LOOK = 20;
const MOST_WORDS = 20_000;

/**
 * A real rsyslog sends messages over RELP to the real program, which is killed, and the connection to which is cut,
 * again and again while messages flow.
 */
export async function tortureRelp(options: RelpTortureOptions): Promise<RelpFigures> {
  const { messages, kills, cuts, seed } = options;
  const random = createRandom(seed);
  const folder = temporaryFolder();
  const port = await freePort();
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(
    conf,
    `${asRoot()}set state ${join(folder, 'state')}\nset listen relp:127.0.0.1:${port}\nset queue a f@x.org t@x.org [30 12 29 2 *]\na .\n`,
  );
  const proxy = await openRelpProxy(port);
  let words = '';
  let told = 0;
  const start = (): DaemonProcess =>
    startProcess(conf, (more) => {
      for (const [, count] of more.matchAll(/before the answers to (\d+) message/g)) told += Number(count);
      words = `${words}${more}`.slice(-MOST_WORDS);
    });
  const daemon = start();
  await daemon.ready;
  const began = performance.now();
  sendByRsyslog(folder, proxy.port, messages);
  const last = await disturb(daemon, start, proxy, { ...options, random });
  const counted = await untilCounted(folder, proxy, messages);
  await last.kill();
  return {
    kills,
    cuts,
    lost: messages - counted.different,
    repeated: counted.lines - counted.different,
    unanswered: proxy.unanswered,
    told,
    seconds: Math.round((performance.now() - began) / 1000),
    words,
  };
}

/** Starts an rsyslog that forwards the lines of a file, in queues that hold them all; it ends with the test. */
function sendByRsyslog(folder: string, port: number, messages: number): void {
  const [conf, log] = [join(folder, 'rsyslog.conf'), join(folder, 'in.log')];
  mkdirSync(join(folder, 'work'));
  const queue = `queue.type="LinkedList" queue.size="${2 * messages}"`;
  writeFileSync(
    conf,
    `global(workDirectory="${join(folder, 'work')}")
module(load="imfile")
module(load="omrelp")
input(type="imfile" File="${log}" Tag="app:" ruleset="out")
ruleset(name="out" ${queue}) {
  action(type="omrelp" target="127.0.0.1" port="${port}" template="RSYSLOG_ForwardFormat"
    action.resumeRetryCount="-1" action.resumeInterval="1" ${queue})
}
`,
  );
  let text = '';
  for (let at = 0; at < messages; at++) text += `request number ${at} is served\n`;
  appendFileSync(log, text);
  const child = spawn(RSYSLOGD, ['-n', '-f', conf, '-i', join(folder, 'pid')], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
}

/** Kills and cuts in turn, each when a share of the messages has passed since the one before. */
async function disturb(
  first: DaemonProcess,
  start: () => DaemonProcess,
  proxy: RelpProxy,
  { messages, kills, cuts, random }: RelpTortureOptions & { readonly random: Random },
): Promise<DaemonProcess> {
  const share = Math.floor(messages / (kills + cuts + 1));
  let daemon = first;
  let [killed, cut] = [0, 0];
  for (let since = 0; killed < kills || cut < cuts; since = proxy.passedOn) {
    const next = since + Math.floor(share / 2) + random.below(Math.ceil(share / 2));
    while (proxy.passedOn < next) await pause(1);
    if (killed < kills && (cut >= cuts || killed <= cut)) {
      killed += 1;
      await daemon.kill();
      daemon = start();
    } else {
      cut += 1;
      proxy.cut(random.chance(0.5) ? 'reset' : 'end');
    }
  }
  return daemon;
}

interface Counted {
  readonly lines: number;
  readonly different: number;
}

async function untilCounted(folder: string, proxy: RelpProxy, messages: number): Promise<Counted> {
  let counted: Counted = { lines: 0, different: 0 };
  let since = performance.now();
  for (;;) {
    await pause(LOOK);
    const now = countedIn(folder);
    if (now.lines !== counted.lines || !proxy.isIdle) since = performance.now();
    counted = now;
    if (performance.now() - since > (now.different < messages ? PATIENCE : SETTLE)) return counted;
  }
}

/** What the state holds, while a daemon works with it. */
function countedIn(folder: string): Counted {
  const db = openSqlite(join(folder, 'state', 'tayori.db'), { readonly: true });
  try {
    const counted = db
      .prepare<[], Counted>(
        "SELECT total(count) AS lines, count(*) AS different FROM tally WHERE message LIKE 'app: request number %'",
      )
      .get();
    return counted ?? { lines: 0, different: 0 };
  } catch (error) {
    if (error instanceof SqliteError) return { lines: 0, different: 0 }; // the daemon is just starting
    throw error;
  } finally {
    db.close();
  }
}
