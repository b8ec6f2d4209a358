import { statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/errors.js';
import { EMBEDDED_CONFIG } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { keepNewHeapSmall } from '../base/process/tidy-heap.js';
import { escapeControl } from '../base/text/escape.js';
import { columns, escapeLines } from '../base/text/layout.js';
import { isWebAddress } from '../base/text/web-address.js';
import { systemClock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { createEventLog, NO_DEBUG } from '../daemon/event-log.js';
import { routeOf, serve } from '../daemon/serve.js';
import { catchSignals } from '../daemon/signals.js';
import { Receivers } from '../ingest/receivers.js';
import type { Letter } from '../letter/letter.js';
import { maildirTransport } from '../mail/transport/maildir-transport.js';
import type { Start } from '../source/file/segment.js';
import { canReadJournal } from '../source/journal/can-read-journal.js';
import { defaultStateFolder, userStateFolder } from '../store/folder/state-folder.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { hasLog, unreadableLogs } from './check-logs.js';
import { asText } from './digest.js';

export interface TryOptions {
  /** undefined: the config that comes with the program, and a sample where there is no log. */
  readonly config: string | undefined;
  /** Send the letters as the config says, and run its programs. */
  readonly mail: boolean;
}

/** Enough of each log for a letter that means something, little enough to be read at once. */
const LAST_BYTES = 1024 * 1024;

/** Lines of a letter that are shown on the screen; the whole letter is in the mailbox. */
const SCREEN_LINES = 30;

/** The same of the two letters of the sample that are to be laid beside each other: all that is new is in the second. */
const LINES_BEFORE = 8;
const LINES_AFTER = 45;

/** So many logs that cannot be read are named. */
const MAX_NAMED = 8;

/**
 * `tayori try`: the daemon on what is here, with a first letter at once from the end of each log. It keeps no state,
 * so it can be run again and again, beside a running tayori, and sends nothing unless `--mail` says so. Without any log
 * it reads the journal of systemd; without that, and without a config of one's own, it shows a sample, which never
 * leaves the machine.
 */
export async function tryOut(options: TryOptions, io: Io): Promise<ExitCode> {
  keepNewHeapSmall();
  const path = configPath(options.config ?? EMBEDDED_CONFIG);
  const own = loadConfig(path, io, 'warnings');
  if (!own) return 1;
  const maildir = maildirFor(own.state.value ?? defaultStateFolder(io.env), io.env);
  const readable = await withJournal(own, io);
  const isSample = options.config === undefined && !options.mail && !hasLog(own, 'with lines');
  if (isSample && readable === null) return await showSample(own, maildir, io);
  if (hasReceivers(own))
    io.stdout.write(
      'FIFOs, listeners, Redis lists and commands are not opened: lines read from them are gone for others.\n',
    );
  if (readable === null) return refuse(path, own, io);
  if (!options.mail && (own.csv || own.filters.length > 0))
    io.stdout.write('The programs of set filter and set csv do not run; with --mail they do.\n');
  if (!options.mail && readable.execs.length > 0)
    io.stdout.write('The programs of set exec do not run; with --mail they do.\n');
  const config = options.mail ? readable : withoutMail(readable);
  return await runDaemon(path, config, { maildir, mail: options.mail }, io);
}

async function runDaemon(
  path: string,
  config: Config,
  { maildir, mail }: { readonly maildir: string; readonly mail: boolean },
  io: Io,
): Promise<ExitCode> {
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(`no temporary state: ${opened.reason}`);
  const letters: Letter[] = [];
  const route = routeOf(config, maildir);
  const start: Start = { kind: 'last', bytes: LAST_BYTES };
  const events = createEventLog(NO_DEBUG, io);
  const receivers = new Receivers(config, { clock: systemClock, onEvent: events, start, kinds: ['journal'] });
  for (const reason of await receivers.change(config)) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
  return await serve(
    {
      configPath: path,
      config,
      store: opened.store,
      heal: () => false,
      state: 'memory, and ends with tayori try',
      mailAllAtEnd: true,
      runs: mail,
      meets: false,
      adapt: mail ? undefined : withoutMail,
      maildir,
      start,
      receivers,
      debug: NO_DEBUG,
      signals: catchSignals(),
      onEvent: (event) => void (event.kind === 'sealed' && letters.push(event.letter)),
      async onReady(daemon) {
        await daemon.flush('a first letter');
        for (const letter of inOrder(letters, config))
          io.stdout.write(`\n${shortened(asText(letter), SCREEN_LINES)}`);
        if (letters.length === 0) io.stdout.write('\nThe logs hold nothing to report yet.\n');
        if (route.kind === 'maildir')
          io.stdout.write(`\nThe letters are in ${join(route.path, 'new')} (mutt -f ${route.path}).\n`);
        if (!mail) io.stdout.write('Nothing is mailed; with --mail it is.\n');
        io.stdout.write('tayori keeps reading. Ctrl-C ends it.\n');
      },
    },
    io,
  );
}

/** Letters go into the Maildir, and programs that may hand on what they are given do not run. */
function withoutMail(config: Config): Config {
  return {
    ...config,
    mailserver: { value: null, place: null },
    csv: null,
    filters: [],
    queues: config.queues.map((queue) => ({ ...queue, to: queue.to.map(asMailbox) })),
    aliases: config.aliases.map((alias) => ({ ...alias, to: alias.to.map(asMailbox) })),
    fallbacks: [],
    heartbeats: [],
  };
}

/** What goes to a URL is put into the Maildir as well. */
function asMailbox(recipient: string): string {
  return isWebAddress(recipient) ? 'instead-of-a-url@localhost' : recipient;
}

/** Nothing to try: an invented log would say nothing of a config that was written for others. */
function refuse(path: string, config: Config, io: Io): ExitCode {
  io.stderr.write(
    escapeLines([
      `tayori: no log of ${path} can be read here, so there is nothing to try:`,
      ...reasons(config),
      ADVICE,
    ]),
  );
  return 1;
}

const ADVICE =
  'Run it as a user who may read them (root, or one of the group adm). Where the journal alone is kept: set journal_fallback on, and read it as one of the group systemd-journal';

function reasons(config: Config): string[] {
  const logs = unreadableLogs(config);
  if (logs.length === 0) return ['  it names no log'];
  const rows = logs.slice(0, MAX_NAMED).map(({ path, reason }) => [path, reason]);
  return [...columns(rows), ...(logs.length > MAX_NAMED ? [`  and ${logs.length - MAX_NAMED} more`] : [])];
}

async function showSample(config: Config, maildir: string, io: Io): Promise<ExitCode> {
  io.stdout.write('No log can be read here, so this is a SAMPLE: two days of an invented office.\n');
  const { makeSample } = await import('./sample.js');
  const transport = maildirTransport(maildir);
  try {
    const { before, after } = await makeSample(config, transport);
    const shown = [
      ...before.slice(0, 1).map((letter) => shortened(asText(letter), LINES_BEFORE)),
      ...after.map((letter, at) => shortened(asText(letter), at === 0 ? LINES_AFTER : SCREEN_LINES)),
    ];
    const [ordinary = '', ...others] = shown;
    io.stdout.write(`\nAn ordinary day, as there were some before it:\n\n${ordinary}`);
    io.stdout.write(`\nAnd the day after it:\n\n${others.join('\n')}`);
  } catch (error) {
    io.stderr.write(escapeLines([`tayori: the sample cannot be put into ${maildir}: ${reasonOf(error)}`]));
    return 1;
  }
  io.stdout.write(
    escapeLines([
      '',
      'SAMPLE: all of this is invented, since none of these logs can be read here:',
      ...reasons(config),
      `The letters are in ${join(maildir, 'new')} (mutt -f ${maildir}). Nothing has left this machine.`,
      ADVICE.replace(' -c FILE', ''),
    ]),
  );
  return 0;
}

/**
 * The Maildir in the state folder, unless that belongs to another user: the service could not write letters into a
 * Maildir that root has created there.
 */
function maildirFor(folder: string, env: NodeJS.ProcessEnv): string {
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
  const isOwn = owner === undefined || owner === process.geteuid?.();
  return join(isOwn ? folder : userStateFolder(env), 'Maildir');
}

/** Letters in the order in which the config names their queues. */
function inOrder(letters: readonly Letter[], { queues }: Config): Letter[] {
  const rank = (letter: Letter): number => queues.findIndex(({ name }) => name === letter.queue);
  return [...letters].sort((a, b) => rank(a) - rank(b));
}

/** The config, with this machine's journal if none of its logs can be read; null: there is nothing to read. */
async function withJournal(own: Config, io: Io): Promise<Config | null> {
  if (hasLog(own, 'any')) return own;
  for (const { value } of own.journals) if (await canReadJournal(value.folder, systemClock)) return own;
  if (!(await canReadJournal(null, systemClock))) return null;
  io.stdout.write("No log of the config can be read here, so this machine's journal is read.\n");
  return { ...own, journals: [{ value: { folder: null, matches: [] }, place: null }] };
}

function hasReceivers({ fifos, listen, redisQueues, commands }: Config): boolean {
  return fifos.length + listen.length + redisQueues.length + commands.length > 0;
}

function shortened(text: string, most: number): string {
  const lines = text.split('\n');
  if (lines.length <= most) return text;
  return `${lines.slice(0, most).join('\n')}\n    ... ${lines.length - most} more lines in the letter\n`;
}
