import { config, sample, terms } from '../base/text/prose.js';
import type { Section } from './page.js';

/** Recipients that are URLs: what they get, when it counts as delivered, and templates of JSON. */
export const LETTERS_TO_URLS: Section = {
  heading: 'LETTERS TO URLS',
  blocks: [
    'A TO of `set queue`, `set alias` and `set fallback` may be a URL, beside addresses or alone. The letter is posted to it: as text with the subject in the field `Title`, as ntfy has it, or as JSON by a template (`set webhook`). It goes through the same outbox as mail: fixed when it is made, kept until it is accepted, tried again with growing waits, in order. Each URL waits for itself alone, not for other URLs, nor for the mail server.',
    config(
      'set queue page logs@example.org ntfy,slack,matrix,alerts [now]',
      'set alias ntfy https://ntfy.example.org/tayori?priority=high',
      'set webhook_token https://ntfy.example.org/* credential:ntfy',
      'set alias slack https://hooks.slack.com/services/T0/B0/x',
      'set webhook https://hooks.slack.com/* slack',
      'set alias matrix https://matrix.example.org/webhook/0f3c',
      'set webhook https://matrix.example.org/webhook/* matrix',
      'set alias alerts http://localhost:9093/api/v2/alerts',
      'set webhook http://localhost:9093/* alertmanager',
    ),
    terms(
      [
        'What is sent',
        'Text has at most 4,000 bytes, what ntfy shows as one message; the rest is in the mail and in `tayori letters`. Beside it stand `Idempotency-Key` and `X-Message-ID`, the same at every try, and `X-tayori-delayed` when it is late. No other recipient sees the URL.',
      ],
      [
        'Accepted, put off, rejected',
        '2xx is delivered. 5xx, 408, 425 and 429, a server that is away, that hangs (for a minute) or whose certificate is not valid: the letter waits, at least for the time of `Retry-After`, but for an hour at most. 401 waits until the token is right. Any other 4xx is a rejection, as 5xx is in SMTP: the letter is kept, a line of tayori and the next letter tell it, and later letters go on.',
      ],
      [
        'Redirects',
        'They are followed on the same server, with the letter. A redirect to another server is not followed but told: 301 and 308 are rejections, others wait.',
      ],
      [
        'Secrets',
        'A URL may be one. Commands, logs and letters show `https://HOST/...` only, and take out of the words of a server what they repeat of it. A config with such a URL should be readable for tayori alone. A login in a URL is refused: see `set webhook_token`. `http://` to another machine gets a warning.',
      ],
      ['Not there', 'Proxies are not used. A comma in a URL is written `%2C`.'],
    ),
    'A template is Handlebars, and makes JSON. Begin with a copy of `conf/templates/slack.json.hbs`, `matrix.json.hbs` or `alertmanager.json.hbs`. Each `{{...}}` is escaped for a string of JSON and belongs within quotation marks, so that log text ends no string; a blank stands between `}}` and a `}` of JSON. `{{json NAME}}` writes a whole value, with its quotation marks; `{{slack NAME}}` and `{{html NAME}}` take the mentions, links and tags out of text for a service that knows them. `{{{...}}}` is refused. `tayori check` tries each template, `tayori preview` shows what it makes, and `tayori test-mail` posts a test letter. With an error in it, and if it makes no JSON or more than 64 kB, the text goes as `{"text": ...}`, and says so. A template is given:',
    terms(
      [
        '`id`, `queue`, `subject`, `kind`, `origin`',
        'The Message-ID; the subject with the queue; the word of `set kind`; this host, or `fleet` in a letter of a fleet.',
      ],
      ['`time`, `status`, `verdict`', 'When it was made; the signal that made it; its first line.'],
      ['`text`', 'The letter as text, cut as above.'],
      ['`count`, `more`', 'How many lines it has, and how many messages `messages` leaves out.'],
      [
        '`messages`: `count`, `host`, `message`, `first`, `last`',
        'The first twenty messages, worst first, with times in ISO 8601 (empty where they are not known).',
      ],
      ['`notes`', 'The notes at the end, a list.'],
    ),
    'A template of your own for a service that wants `{"title": ..., "message": ...}`:',
    sample('{ "title": "{{subject}}", "message": "{{text}}", "count": {{json count}} }'),
  ],
};
