import type { SourceLocation } from '../../base/place.js';
import { matchesUrl } from '../../base/text/match-url.js';
import { quote } from '../../base/text/quote.js';
import { isWebAddress, showRecipient } from '../../base/text/web-address.js';
import { isLoopback } from '../../mail/route/route.js';
import type { Config } from '../config.js';
import { throughAliases } from '../directives/aliases.js';
import type { ReadContext } from '../directives/directive.js';
import { checkPasswordFile } from '../directives/read-login.js';
import { whichQueue } from '../directives/read-queue.js';
import type { Reporter } from '../read/report.js';
import { parentOf } from '../sections.js';

/** A URL that gets letters, and where it is named. */
interface Named {
  readonly url: string;
  readonly place: SourceLocation;
}

/** Reports what concerns URLs as recipients and second ways, and can only be seen after all lines are read. */
export function reportWeb(config: Config, context: ReadContext, report: Reporter): void {
  const urls = urlsOf(config);
  reportUnused(config, urls, report);
  reportTokens(config, urls, report);
  reportMissingTemplates(config, urls, report);
  reportFallbacks(config, context, report);
  reportHeartbeats(config, context, report);
}

/** Through aliases, as letters go. */
function urlsOf({ queues, fallbacks, aliases, heartbeats }: Config): Named[] {
  const letters = [...queues, ...fallbacks].flatMap(({ to, place }) =>
    throughAliases(to, aliases).map((url) => ({ url, place })),
  );
  const beats = heartbeats.map(({ to, place }) => ({ url: to, place }));
  return [...letters, ...beats].filter(({ url }) => isWebAddress(url));
}

function reportUnused({ webhooks, webhookTokens }: Config, urls: readonly Named[], report: Reporter): void {
  for (const { urls: glob, place } of [...webhooks, ...webhookTokens])
    if (!urls.some(({ url }) => matchesUrl(glob, url)))
      report.notice(
        at(place),
        `no letter goes to ${quote(showRecipient(glob))}`,
        'name the URL as a TO of set queue, or remove the line',
        'ignored-directive',
      );
}

function reportTokens({ webhookTokens }: Config, urls: readonly Named[], report: Reporter): void {
  for (const { urls: glob, source, place } of webhookTokens) {
    checkPasswordFile(source, 'the token', place, report);
    const clear = urls.find(({ url }) => matchesUrl(glob, url) && isClear(url));
    if (clear)
      report.warning(
        at(place),
        `the token would be sent to ${quote(showRecipient(clear.url))} in the clear`,
        'write https://',
        'clear-password',
      );
  }
}

function isClear(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/** Services that take nothing but JSON of their own. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^https:\/\/hooks\.slack(?:-gov)?\.com\/services\//, 'slack'],
  [/^https:\/\/discord(?:app)?\.com\/api\/webhooks\/[^?]*\/slack$/, 'slack'],
  [/\/api\/v2\/alerts\/?$/, 'alertmanager'],
];

function reportMissingTemplates({ webhooks }: Config, urls: readonly Named[], report: Reporter): void {
  for (const { url, place } of urls) {
    const name = KNOWN.find(([regex]) => regex.test(url))?.[1];
    if (name === undefined || webhooks.some((one) => matchesUrl(one.urls, url))) continue;
    const shown = URL.canParse(url) ? new URL(url).origin : '';
    report.warning(
      at(place),
      `${quote(showRecipient(url))} takes JSON of its own, and would reject letters as text`,
      `write set webhook ${shown}/* ${name}`,
      'odd-address',
    );
  }
}

function reportFallbacks({ fallbacks, queues }: Config, context: ReadContext, report: Reporter): void {
  for (const { queue, to, place } of fallbacks) {
    const own = queues.find(({ name }) => name === queue);
    const same = own?.to.find((one) => to.includes(one));
    if (!context.namedQueues.has(queue))
      report.warning(
        at(place),
        `a fallback of the unknown queue ${quote(queue)}`,
        whichQueue(queue, context),
        'unknown-queue',
      );
    else if (queue === 'csv')
      report.warning(
        at(place),
        'csv goes to a program and has no second way',
        'remove the line',
        'ignored-text',
      );
    else if (same !== undefined)
      report.warning(
        at(place),
        `${quote(showRecipient(same))} is the first way of the queue as well`,
        'name another way, such as a URL',
        'ignored-text',
      );
  }
}

function reportHeartbeats(
  { heartbeats, queues, sections }: Config,
  context: ReadContext,
  report: Reporter,
): void {
  for (const { to, place } of heartbeats) {
    if (isWebAddress(to)) continue;
    const mailed = parentOf(to, { sections }) ?? to;
    const queue = queues.find(({ name }) => name === mailed);
    if (!context.namedQueues.has(to) || to === 'csv')
      report.warning(
        at(place),
        `a heartbeat to the unknown queue ${quote(to)}`,
        whichQueue(to, context),
        'unknown-queue',
      );
    else if (queue && queue.schedule.kind !== 'now')
      report.notice(
        at(place),
        `${quote(to)} has a schedule: it has the heartbeat in its next letter`,
        'name a queue with the schedule [now] to have it at once',
        'odd-schedule',
      );
  }
}

function at(place: SourceLocation): { readonly place: SourceLocation; readonly text: string } {
  return { place, text: '' };
}
