import { matchesUrl } from '../base/text/match-url.js';
import type { Config } from '../config/config.js';

/** The template that makes JSON of letters to a URL (a path); null: they go as text. */
export function templateFor(url: string, { webhooks }: Pick<Config, 'webhooks'>): string | null {
  return webhooks.find(({ urls }) => matchesUrl(urls, url))?.template ?? null;
}
