import { DAY, HOUR } from '../../base/time/duration.js';
import type { Detail, MaskedValues } from '../../values/detail.js';
import { entryId } from '../entry-id.js';
import type { Letter, LetterMessage } from '../letter.js';
import { addIds } from './add-ids.js';

type Parts = NonNullable<Letter['parts']>;

/** A letter with every part, to try templates on. */
export function sampleLetter(changes: Partial<Letter> = {}): Letter {
  const letter: Letter = {
    queue: 'report',
    subject: 'Report',
    from: 'tayori@example.org',
    to: ['you@example.org'],
    form: 'full',
    kind: 'report',
    storm: null,
    waited: null,
    status: null,
    made: NOON + DAY,
    since: NOON,
    timezone: 'UTC',
    language: 'en',
    mask: '___',
    ids: false,
    template: null,
    thread: 'none',
    origin: 'logs.example.org',
    parts: {
      isFirst: false,
      period: { from: NOON, to: NOON + DAY },
      total: { messages: 11, lines: 1961, hosts: 5 },
      changes: { new: 2, louder: 1, back: 1, gone: 1, atLeast: false },
      news: NEWS,
      gone: GONE,
      shared: SHARED,
      masked: [LOGINS, VISITS].map((one) => ({ ...one, hosts: [{ host: 'mail1', count: one.count }] })),
    },
    sections: [],
    hosts: HOSTS,
    limit: 3,
    notes: ['2 lines had no known prefix and went to no queue; a queue named noprefix would show them'],
    proposals: { rules: [PROPOSAL], lookedAt: null },
    ...changes,
  };
  return addIds(letter.queue, letter);
}

const PROPOSAL = [
  '# takes 40 lines of 2 hosts; 12 different messages become 1',
  '#> backupd: wrote <12> files',
  '#= backupd: wrote <___> files',
  'misc ^backupd: wrote <(\\d+)> files$',
].join('\n');

/** ms: an autumn noon of 2026. */
const NOON = Date.UTC(2026, 10, 20, 12);

/** `[hours after noon, lines]` */
type Hours = readonly (readonly [number, number])[];

const WAVE: Hours = [
  [0, 2],
  [13, 1],
  [14, 90],
  [15, 410],
  [16, 503],
  [17, 160],
  [18, 38],
];
const EVEN: Hours = Array.from({ length: 24 }, (_, at) => [at, 10]);

function message(count: number, text: string, hours: Hours, masked: Detail['masked'] = []): LetterMessage {
  const from = hours[0]?.[0] ?? 0;
  const to = hours.at(-1)?.[0] ?? 0;
  return {
    count,
    message: text,
    first: NOON + from * HOUR + 240_000,
    last: NOON + to * HOUR + 2_520_000,
    detail: { hours: hours.map(([hour, lines]) => [NOON / HOUR + hour, lines]), masked },
  };
}

function values(
  name: string | null,
  distinct: number,
  top: readonly (readonly [string, number])[],
  about = false,
): MaskedValues {
  return { name, distinct, about, atLeast: false, top: top.map(([value, count]) => ({ value, count })) };
}

const LOGINS = message(418, 'postfix/smtpd: warning: ___: SASL LOGIN authentication failed: ___', WAVE, [
  values(
    null,
    4000,
    [
      ['unknown[192.0.2.77]', 60],
      ['unknown[198.51.100.3]', 41],
    ],
    true,
  ),
  values('reason', 1, [['UGFzc3dvcmQ6', 418]]),
]);

const VISITS = message(12, 'dovecot: imap-login: Login: user=<___>', EVEN.slice(0, 4), [
  values('user', 2, [
    ['ann', 8],
    ['bob', 4],
  ]),
]);

const NEWS: Parts['news'] = [
  {
    ...message(3, 'kernel: ata3.00: failed command: READ FPDMA QUEUED', [
      [15, 1],
      [17, 2],
    ]),
    hosts: [{ host: 'db1', count: 3 }],
    news: { kind: 'new', anywhere: false },
  },
  {
    ...message(1, "systemd: backup.service: Failed with result 'exit-code'.", [[14, 1]]),
    hosts: [{ host: 'web2', count: 1 }],
    news: { kind: 'new', anywhere: true },
  },
  {
    ...message(1204, 'sshd: Invalid user ___ from ___ port ___', WAVE, [
      values('user', 40, [
        ['root', 311],
        ['admin', 204],
        ['oracle', 97],
        ['test', 61],
        ['pi', 33],
        ['ubuntu', 30],
      ]),
      values(null, 9, [
        ['192.0.2.14', 673],
        ['198.51.100.7', 240],
        ['2001:db8::17', 101],
        ['203.0.113.9', 80],
      ]),
      values(
        null,
        1200,
        [
          ['50122', 1],
          ['50123', 1],
        ],
        true,
      ),
    ]),
    hosts: [
      { host: 'web1', count: 1100 },
      { host: 'web2', count: 104 },
    ],
    news: { kind: 'louder', usual: 120 },
  },
  {
    ...message(
      2,
      'smartd: Device: ___, 1 Currently unreadable (pending) sectors',
      [[3, 2]],
      [values(null, 1, [['/dev/sda', 2]])],
    ),
    hosts: [{ host: 'db1', count: 2 }],
    news: { kind: 'back', last: NOON - 12 * DAY },
  },
];

const GONE: Parts['gone'] = [
  {
    message: 'CRON: (root) CMD (/usr/local/bin/backup)',
    hosts: ['db1', 'web2'],
    usual: 24,
    last: NOON - 2 * HOUR,
    id: entryId('report', 'CRON: (root) CMD (/usr/local/bin/backup)'),
  },
];

const SHARED: Parts['shared'] = [
  {
    ...message(240, 'CRON: (root) CMD (run-parts /etc/cron.hourly)', EVEN),
    hosts: ['db1', 'mail1', 'web1', 'web2'].map((host) => ({ host, count: 60 })),
    without: ['ns1'],
  },
];

const HOSTS: Letter['hosts'] = [
  {
    host: 'mail1',
    name: null,
    messages: [
      LOGINS,
      VISITS,
      message(
        1,
        'postfix/smtp: ___: to=<info@example.com>, ___, status=deferred (connect to mx.example.net[198.51.100.25]:25: Connection timed out)',
        [[9, 1]],
      ),
    ],
    more: { messages: 2, lines: 14 },
  },
  {
    host: 'ns1',
    name: 'ns1.example.org',
    messages: [message(66, 'named: zone transfer of example.org', EVEN)],
    more: null,
  },
];
