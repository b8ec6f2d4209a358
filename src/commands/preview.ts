import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { reasonOf } from '../base/errors.js';
import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { quote } from '../base/text/quote.js';
import { isWebAddress, showRecipient } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { tellConfig } from '../config/load-config.js';
import { parentOf } from '../config/sections.js';
import type { Letter } from '../letter/letter.js';
import { makePost } from '../letter/post/make-post.js';
import { type Preview, previewLetters, queuesToPreview } from '../publish/preview-letters.js';
import { templateFor } from '../publish/template-for.js';
import { asText } from './digest.js';
import { hostNames } from './look-up-hosts.js';
import { locateState, type ReadState, withState } from './read-state.js';

export interface PreviewOptions {
  readonly config: string | undefined;
  /** undefined: all of them. */
  readonly queue: string | undefined;
  /** Where the HTML goes; undefined: text is printed. */
  readonly html: string | undefined;
}

/** `tayori preview`: shows the letters that would be sent now. Sends and changes nothing. */
export async function preview(options: PreviewOptions, io: Io): Promise<ExitCode> {
  const located = locateState(options.config, io);
  const config = located?.config;
  if (!config) return 1;
  if (options.config === undefined) tellConfig(located.path, io);
  return await withState(located, io, async (state) => await show(options, config, state, io));
}

async function show(
  options: PreviewOptions,
  config: Config,
  { store }: ReadState,
  io: Io,
): Promise<ExitCode> {
  const known = queuesToPreview({ config, store });
  const { queue } = options;
  const wanted = queue === undefined ? undefined : (parentOf(queue, config) ?? queue);
  const queues = known.filter((name) => wanted === undefined || name === wanted);
  if (queues.length === 0) return reportUnknown(options.queue ?? '', known, io);
  if (config.fleet.value !== null) io.stderr.write(`${OF_THIS_MACHINE}\n`);
  const names = hostNames(io);
  const sources = { config, store, names, now: Date.now(), origin: hostname(), version: version() };
  const pages: string[] = [];
  let code: ExitCode = 0;
  for await (const one of previewLetters(queues, sources)) {
    const note = noteOn(one, options.html !== undefined);
    if (note !== null) io.stderr.write(`${escapeControl(`${one.queue}: ${note}`)}\n`);
    if (one.kind === 'failed') code = 1;
    if (one.kind !== 'letter') continue;
    if (options.html === undefined) {
      io.stdout.write(asText(one.letter, one.body.text));
      for (const line of await postsOf(one.letter, config)) io.stdout.write(`${escapeControl(line)}\n`);
    } else if (one.body.html !== null) pages.push(one.body.html);
  }
  return (options.html === undefined ? 0 : writePages(options.html, pages, io)) || code;
}

const OF_THIS_MACHINE =
  'this is what this machine has counted, beside its own letters of before; letters of the fleet are of all machines';

/** What URLs would get that is not the text: the JSON of their templates. */
async function postsOf(letter: Letter, config: Config): Promise<string[]> {
  const lines: string[] = [];
  for (const url of letter.to.filter(isWebAddress)) {
    const template = templateFor(url, config);
    if (template === null) continue;
    const { body } = await makePost(letter, { template, body: null, messageId: '<preview@localhost>' });
    lines.push(`JSON for ${showRecipient(url)}, by ${template}:`, ...body.split('\n'), '');
  }
  return lines;
}

function reportUnknown(queue: string, known: readonly string[], io: Io): ExitCode {
  const seen = `no queue ${quote(queue)}, neither in the config nor in the state`;
  io.stderr.write(`${escapeControl(`tayori: ${seen}; there are ${known.join(', ') || 'none'}`)}\n`);
  return 1;
}

/** A note about the letter, or instead of one. */
function noteOn(preview: Preview, asHtml: boolean): string | null {
  switch (preview.kind) {
    case 'empty':
      return 'it is empty, so no letter would be sent';
    case 'below-threshold':
      return 'all its counts are below their thresholds, so no letter would be sent';
    case 'failed':
      return `its letter cannot be made: ${preview.reason}`;
    case 'undefined':
      return 'the config no longer defines it, so its lines stay in the state';
    case 'csv':
      return `its lines would be piped to ${preview.command}, not mailed`;
    case 'letter':
      if (asHtml && preview.body.html === null) return 'its letters are plain text, so there is no HTML';
      return preview.filter === null
        ? null
        : 'its filter is not run; this is the letter that the filter would get';
  }
}

function writePages(file: string, pages: readonly string[], io: Io): ExitCode {
  if (pages.length === 0) {
    io.stderr.write(`${escapeControl(file)} is not written: there is no page to write\n`);
    return 0;
  }
  try {
    if (file === '-') io.stdout.write(pages.join(''));
    else writeFileSync(file, pages.join(''), { mode: 0o600 }); // it holds what the logs say
    return 0;
  } catch (error) {
    const reason = reasonOf(error);
    io.stderr.write(`${escapeControl(`tayori: ${file} cannot be written: ${reason}`)}\n`);
    return 1;
  }
}
