import { embeddedTemplate } from '../../base/package.js';
import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { isWebAddress, showRecipient } from '../../base/text/web-address.js';
import type { PasswordSource } from '../../mail/route/route.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Keyed, Replacing } from './declare.js';
import { readPasswordSource } from './mail.js';
import { readPath } from './value-kinds.js';

/** `set webhook`: which template makes JSON of letters to these URLs. */
export interface WebhookConfig {
  /** A URL, or a glob with `*`. */
  readonly urls: string;
  /** A path. */
  readonly template: string;
  readonly place: SourceLocation;
}

/** `set webhook_token`: what is sent to these URLs to be let in. */
export interface WebhookTokenConfig {
  readonly urls: string;
  readonly source: PasswordSource;
  readonly place: SourceLocation;
}

/** Templates that ship, under `conf/templates`. */
const TEMPLATES = ['slack', 'matrix', 'alertmanager'] as const;

const FORM = 'write set webhook URL FILE, or one of slack, matrix, alertmanager in place of FILE';
const TOKEN_FORM = 'write set webhook_token URL FILE, or credential:NAME in place of FILE';

/** `URL FILE`. Only `check` reads the file: its content may change at any time. */
export const webhook: Replacing<WebhookConfig> = {
  grammar: 'URL slack|matrix|alertmanager|FILE',
  read(text, report) {
    const { word, rest } = splitWord(text);
    if (!areUrls(word, rest, FORM, report)) return undefined;
    const template = readTemplate(rest, report);
    if (template === undefined) return undefined;
    return { key: word.text, entry: { urls: word.text, template, place: text.place } };
  },
  replaced: (urls) => ({
    seen: `another template for ${quote(showRecipient(urls))}`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the first',
};

/** `URL FILE|credential:NAME`. */
export const webhookToken: Replacing<WebhookTokenConfig> = {
  grammar: 'URL FILE|credential:NAME',
  read(text, report): Keyed<WebhookTokenConfig> | undefined {
    const { word, rest } = splitWord(text);
    if (!areUrls(word, rest, TOKEN_FORM, report)) return undefined;
    const source = readPasswordSource(rest, report);
    if (source === undefined) return undefined;
    return { key: word.text, entry: { urls: word.text, source, place: text.place } };
  },
  replaced: (urls) => ({
    seen: `another token for ${quote(showRecipient(urls))}`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the first',
};

/** A glob must name the host, or a token would go to whoever has a URL. */
function areUrls(word: SourceText, rest: SourceText, form: string, report: Reporter): boolean {
  if (word.text === '' || rest.text === '') {
    report.error(word, word.text === '' ? 'no URL' : 'nothing after the URL', form);
    return false;
  }
  const isOne = isWebAddress(word.text) && /^[a-z]+:\/\/[^/*?#@]+(?:\/[!-~]*)?$/i.test(word.text);
  if (!isOne)
    report.error(
      word,
      `${quote(showRecipient(word.text))} as a URL`,
      `${form}; a * may stand behind the host`,
    );
  return isOne;
}

function readTemplate(text: SourceText, report: Reporter): string | undefined {
  const { word, rest } = splitWord(text);
  const shipped = TEMPLATES.find((name) => name === word.text);
  if (shipped === undefined) return readPath(text, report);
  reportRest(rest, report);
  return embeddedTemplate(`${shipped}.json.hbs`);
}
