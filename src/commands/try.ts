import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { EMBEDDED_CONFIG, SAMPLE_LOG } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { keepNewHeapSmall } from '../base/process/tidy-heap.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { NO_DEBUG } from '../daemon/event-log.js';
import { routeOf, serve } from '../daemon/serve.js';
import { catchSignals } from '../daemon/signals.js';
import type { Letter } from '../letter/letter.js';
import { expandGlob } from '../source/file/expand-glob.js';
import { defaultStateFolder, userStateFolder } from '../store/folder/state-folder.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import { asText } from './digest.js';

/** Bytes of each log: enough for a useful letter, few enough to be read at once. */
const LAST_BYTES = 1024 * 1024;

/** Lines of a letter that are shown on the screen; the whole letter is in the mailbox. */
const SCREEN_LINES = 30;

/**
 * `tayori try`: the daemon with the logs of this machine, with a first letter at once from the end of each log. It
 * keeps no state, so it can be run again and again, beside a running tayori. Without any log it reads a sample.
 */
export async function tryOut(options: { readonly config: string | undefined }, io: Io): Promise<ExitCode> {
  keepNewHeapSmall();
  const path = configPath(options.config ?? EMBEDDED_CONFIG);
  const chosen = loadConfig(path, io, 'warnings');
  if (!chosen) return 1;
  const config = hasLogs(chosen) ? chosen : withSample(chosen);
  if (config !== chosen)
    io.stdout.write('No log of the config can be read here, so tayori reads a sample log instead.\n');
  if (hasReceivers(config))
    io.stdout.write(
      'FIFOs, listeners and Redis lists are not opened: lines read from them are gone for others.\n',
    );
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(`no temporary state: ${opened.reason}`);
  const maildir = maildirFor(config.state.value ?? defaultStateFolder(io.env), io.env);
  const letters: Letter[] = [];
  const route = routeOf(config, maildir);
  return await serve(
    {
      configPath: path,
      config,
      store: opened.store,
      heal: () => false,
      state: 'memory, and ends with tayori try',
      mailAllAtEnd: true,
      maildir,
      start: { kind: 'last', bytes: LAST_BYTES },
      debug: NO_DEBUG,
      signals: catchSignals(),
      onEvent: (event) => void (event.kind === 'sealed' && letters.push(event.letter)),
      async onReady(daemon) {
        await daemon.flush('a first letter');
        for (const letter of inOrder(letters, config)) io.stdout.write(`\n${shortened(asText(letter))}`);
        if (letters.length === 0) io.stdout.write('\nThe logs hold nothing to report yet.\n');
        if (route.kind === 'maildir')
          io.stdout.write(`\nThe letters are in ${join(route.path, 'new')} (mutt -f ${route.path}).\n`);
        io.stdout.write('tayori keeps reading. Ctrl-C ends it.\n');
      },
    },
    io,
  );
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

function hasLogs({ logfiles }: Config): boolean {
  return logfiles.some(({ value }) => expandGlob(value).some(isReadable));
}

function hasReceivers({ fifos, listen, redisQueues }: Config): boolean {
  return fifos.length + listen.length + redisQueues.length > 0;
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
