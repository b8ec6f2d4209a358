import { config, terms } from '../../base/text/prose.js';
import { keyed, optional, part } from './declare.js';
import { fallback } from './read-fallback.js';
import { heartbeat } from './read-heartbeat.js';
import { webhook, webhookToken } from './read-webhook.js';
import { path } from './value-kinds.js';

export const WEB = part(
  'Letters to URLs, and second ways',
  keyed(
    'webhook',
    'webhooks',
    webhook,
    'letters go to URLs as text',
    'Letters to these URLs are JSON by a Handlebars template: slack, matrix or alertmanager, which ship, or a FILE of your own. A * in URL stands for any characters; the first line that fits is used.',
    terms(
      [
        '`slack`',
        "Slack's incoming webhooks, and services that take the same: Mattermost, Rocket.Chat, Discord (its URL with `/slack` at the end).",
      ],
      ['`matrix`', 'A generic webhook of matrix-hookshot.'],
      [
        '`alertmanager`',
        '`https://HOST/api/v2/alerts` of Alertmanager: an alert for each message, with the labels alertname, queue, kind, host, message and origin.',
      ],
    ),
    'A TO of `set queue` may be a URL: see LETTERS TO URLS.',
    config(
      'set queue chat logs@example.org slack,me@example.org [now]',
      'set alias slack https://hooks.slack.com/services/T0/B0/x',
      'set webhook https://hooks.slack.com/* slack',
    ),
  ),
  keyed(
    'webhook_token',
    'webhookTokens',
    webhookToken,
    'none',
    'The file that holds the token for these URLs and nothing else, or the name of a credential that systemd passes to the service. It is sent as Authorization: Bearer TOKEN. A * in URL stands for any characters.',
    'A file may also hold a whole header field, such as `X-Gotify-Key: TOKEN` or `Authorization: Basic BASE64`. It is read again for each letter; only the user that tayori runs as should be able to read it: `chmod 600`. The token goes to no other server, whatever a redirect says.',
    config('set webhook_token https://ntfy.example.org/* credential:ntfy'),
  ),
  optional(
    'webhook_ca',
    path,
    'those that Node.js trusts',
    'A file with CA certificates (PEM) by which servers of https URLs are checked, in place of the usual ones.',
  ),
  keyed(
    'fallback',
    'fallbacks',
    fallback,
    'none',
    'The second way for letters of QUEUE: when one could not leave for TIME (10m without it), or was rejected, it goes to TO as well, once. TO is an address or a URL; several have commas between them.',
    'TIME counts from the making of the letter, and a letter must have been tried in vain. The first way is tried on, and the letter comes late there, with a header that says so; the letter of the second way says in its notes that it is one. The next letter of the queue tells of both. A letter of the second way that cannot leave either waits as others do.',
    config(
      'set queue page logs@example.org pager:me@example.org [now]',
      'set fallback page 10m https://ntfy.example.org/tayori',
    ),
  ),
  keyed(
    'heartbeat',
    'heartbeats',
    heartbeat,
    'none',
    'Says that tayori works, at these times: asks for URL (GET), as healthchecks.io and Uptime Kuma want it, or gives QUEUE the line "tayori: HOST is alive". It is left out while logs are not read or counts cannot be kept, so that whoever waits for it notices.',
    'Of several that were missed one is made up for; one that the URL does not take is not tried again before its next time. It is left out when for five minutes no poll of the logs has ended, when none of the logs can be read, and when the state cannot be written. `tayori status` says when the last one went. A queue with the schedule `[now]` sends the line at once; others have it in their next letter.',
    config(
      'set heartbeat https://hc-ping.example.org/0f3c... [*/5 * * * *]',
      'set heartbeat page [0 8 * * mon]',
    ),
  ),
);
