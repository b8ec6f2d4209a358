import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { EMBEDDED_CONFIG, SAMPLE_LOG } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { keepNewHeapSmall } from '../base/process/tidy-heap.js';
import { escapeControl } from '../base/text/escape.js';
import { systemClock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { createEventLog, NO_DEBUG } from '../daemon/event-log.js';
import { routeOf, serve } from '../daemon/serve.js';
import { hearSignals } from '../daemon/signals.js';
import { Receivers } from '../ingest/receivers.js';
import type { Letter } from '../letter/letter.js';
import { expandGlob } from '../source/file/expand-glob.js';
import type { Start } from '../source/file/segment.js';
import { canReadJournal } from '../source/journal/can-read-journal.js';
import { defaultStateFolder, userStateFolder } from '../store/folder/state-folder.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { asText } from './digest.js';

/** Enough of each log for a letter that means something, little enough to be read at once. */
const LAST_BYTES = 1024 * 1024;

/** Lines of a letter that a screen may show; the whole of it is in the mailbox. */
const SCREEN_LINES = 30;

/**
 * `tayori try`: the daemon on what is here, with a first letter at once from the end of each log. It keeps no state,
 * so that it can be tried again and again, beside a tayori that works. Without any log it reads the journal of systemd,
 * without that a sample.
 */
export async function tryOut(options: { readonly config: string | undefined }, io: Io): Promise<ExitCode> {
  keepNewHeapSmall();
  const path = configPath(options.config ?? EMBEDDED_CONFIG);
  const own = loadConfig(path, io, 'warnings');
  if (!own) return 1;
  const config = await withSomethingToRead(own, io);
  if (hasInlets(config))
    io.stdout.write(
      'FIFOs, listeners, Redis lists and commands are left alone: what is read from them is gone for others.\n',
    );
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(`no temporary state: ${opened.reason}`);
  const maildir = maildirFor(config.state.value ?? defaultStateFolder(io.env), io.env);
  const letters: Letter[] = [];
  const route = routeOf(config, maildir);
  const start: Start = { kind: 'last', bytes: LAST_BYTES };
  const events = createEventLog(NO_DEBUG, io);
  const inlets = new Receivers(config, { clock: systemClock, onEvent: events, start, kinds: ['journal'] });
  for (const reason of await inlets.change(config)) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
  return await serve(
    {
      configPath: path,
      config,
      store: opened.store,
      heal: () => false,
      state: 'memory, while it is only tried',
      mailAllAtEnd: true,
      maildir,
      start,
      inlets,
      debug: NO_DEBUG,
      signals: hearSignals(),
      onEvent: (event) => void (event.kind === 'sealed' && letters.push(event.letter)),
      async onReady(daemon) {
        await daemon.flush('a first letter');
        for (const letter of inOrder(letters, config)) io.stdout.write(`\n${shortened(asText(letter))}`);
        if (letters.length === 0)
          io.stdout.write('\nThe logs say nothing that a letter could tell. It goes on reading.\n');
        if (route.kind === 'maildir')
          io.stdout.write(`\nThe letters are in ${join(route.path, 'new')} (mutt -f ${route.path}).\n`);
        io.stdout.write('It goes on reading. Ctrl-C ends it.\n');
      },
    },
    io,
  );
}

/**
 * The Maildir in the state folder, unless that is somebody else's: a Maildir that root has made in there would be one
 * into which the service could write no letters.
 */
function maildirFor(folder: string, env: NodeJS.ProcessEnv): string {
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
  const isOwn = owner === undefined || owner === process.geteuid?.();
  return join(isOwn ? folder : userStateFolder(env), 'Maildir');
}

/** As the config names the queues: the first letter is the one most read. */
function inOrder(letters: readonly Letter[], { queues }: Config): Letter[] {
  const rank = (letter: Letter): number => queues.findIndex(({ name }) => name === letter.queue);
  return [...letters].sort((a, b) => rank(a) - rank(b));
}

/** The config, or where none of its logs can be read this machine's journal, or where that cannot either a sample. */
async function withSomethingToRead(own: Config, io: Io): Promise<Config> {
  if (hasLogs(own)) return own;
  for (const { value } of own.journals) if (await canReadJournal(value.folder, systemClock)) return own;
  if (await canReadJournal(null, systemClock)) {
    io.stdout.write("No log of the config is here to be read, so this machine's journal is.\n");
    return { ...own, journals: [{ value: { folder: null, matches: [] }, place: null }] };
  }
  io.stdout.write('No log of the config is here to be read, so a sample shows what it would be like.\n');
  return withSample(own);
}

function hasLogs({ logfiles }: Config): boolean {
  return logfiles.some(({ value }) => expandGlob(value).some(isReadable));
}

function hasInlets({ fifos, listen, redisQueues, commands }: Config): boolean {
  return fifos.length + listen.length + redisQueues.length + commands.length > 0;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    const { size } = statSync(path);
    return size > 0;
  } catch {
    return false;
  }
}

function withSample(config: Config): Config {
  return { ...config, logfiles: [{ value: SAMPLE_LOG, place: null }] };
}

function shortened(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= SCREEN_LINES) return text;
  return `${lines.slice(0, SCREEN_LINES).join('\n')}\n    ... ${lines.length - SCREEN_LINES} more lines in the letter\n`;
}
