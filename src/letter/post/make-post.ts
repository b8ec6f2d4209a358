import { escapeControl, oneLine } from '../../base/text/escape.js';
import { isWebAddress } from '../../base/text/web-address.js';
import { isoTime } from '../../base/time/iso-time.js';
import { briefly, happenings } from '../build/headline.js';
import { openingOf } from '../build/write-parts.js';
import type { Item, Letter, LetterPost } from '../letter.js';
import { renderBody } from '../render/render-body.js';
import { notesOf } from '../render/render-text.js';
import { readTemplate, TemplateFault } from '../render/template.js';
import { createDescriber } from '../words/describe-letter.js';
import { wordsOf } from '../words/words-of.js';
import { cutText } from './cut-text.js';

export interface PostOptions {
  /** The template that makes JSON of it (a path); null: it goes as text. */
  readonly template: string | null;
  /** The output of a filter, in place of the letter's own text. */
  readonly body: string | null;
  /** The Message-ID of the letter. */
  readonly messageId: string;
}

/** How long a post may be (bytes): more than any service of this kind takes as a message. */
const MAX_POST = 64_000;

/** So many messages are given to a template, worst first, and so much of each (UTF-16 units). */
const MAX_MESSAGES = 20;
const MAX_MESSAGE = 1000;

/** Of a longer subject its beginning is the title (UTF-16 units): a phone shows no more. */
const MAX_TITLE = 250;

/**
 * A letter as the body of an HTTP request: as text, with its subject beside it, or as JSON by a template. If a template
 * has an error, the text goes as `{"text": ...}`, which most services of chat understand, and says so.
 */
export async function makePost(letter: Letter, options: PostOptions): Promise<LetterPost> {
  const text = textOf(letter, options.body);
  const title = titleOf(letter);
  if (options.template === null) return { type: 'text/plain; charset=utf-8', title, body: text };
  try {
    return asJson(await renderPost(options.template, letter, options));
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const { message, line, column } = error;
    const note = wordsOf(letter.language).notes.badTemplate(
      options.template,
      `${line}:${column}: ${message}`,
    );
    return asJson(JSON.stringify({ text: `${title}\n${text}\n*** ${escapeControl(note)} ***` }));
  }
}

function asJson(body: string): LetterPost {
  return { type: 'application/json', title: null, body };
}

/** The JSON that a template makes of a letter. Throws `TemplateFault`, also where it makes none. */
export async function renderPost(
  template: string,
  letter: Letter,
  { body, messageId }: Omit<PostOptions, 'template'>,
): Promise<string> {
  const render = await readTemplate(template, 'json');
  const json = render(dataOf(letter, textOf(letter, body), messageId)).trim();
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_POST)
    throw new TemplateFault(`it makes ${bytes} bytes, and a post has at most ${MAX_POST}`, HEAD);
  try {
    JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new TemplateFault(`it makes no JSON: ${oneLine(why).slice(0, MAX_TITLE)}`, HEAD, error);
  }
  return json;
}

/** The beginning, for errors of the whole template. */
const HEAD = { line: 1, column: 1 };

function titleOf({ subject, queue }: Letter): string {
  return oneLine(`${subject} [${queue}]`).slice(0, MAX_TITLE);
}

function textOf(letter: Letter, body: string | null): string {
  const whole = (body ?? renderBody(letter)).replace(/^\n+|\n+$/g, '');
  return cutText(whole, wordsOf(letter.language).notes.postCut(letter.to.some((to) => !isWebAddress(to))));
}

/** The data for templates of `set webhook`, documented in tenshi.conf(5). Every letter has all fields. */
function dataOf(letter: Letter, text: string, messageId: string): unknown {
  const describer = createDescriber(letter);
  const items = happenings(letter);
  const opening = openingOf(letter, describer);
  return {
    id: messageId.replace(/^<|>$/g, ''),
    queue: letter.queue,
    subject: titleOf(letter),
    kind: letter.kind,
    origin: letter.fleet === undefined ? letter.origin : 'fleet',
    time: isoTime(letter.made),
    status: letter.status === null ? '' : describer.words.status(letter.status),
    verdict: opening.verdict,
    text,
    count: items.reduce((sum, { count }) => sum + count, 0),
    messages: items.slice(0, MAX_MESSAGES).map((item) => messageOf(item, letter)),
    more: Math.max(0, items.length - MAX_MESSAGES),
    notes: notesOf(letter),
  };
}

function messageOf(item: Item, { mask, language }: Letter): unknown {
  const { count, hosts, first, last } = item;
  const [only] = hosts;
  const host = hosts.length === 1 && only ? only.host : wordsOf(language).manyHosts(hosts.length);
  return {
    count,
    host,
    message: briefly(item, mask).slice(0, MAX_MESSAGE),
    first: isoTime(first) ?? '',
    last: isoTime(last) ?? '',
  };
}
