import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSelfMail, MAX_SELF_MAIL_IDS, type SelfMail } from '../../src/mail/self-mail.js';

const ID = '<m3x1y2.7.0123456789ab@loghost.example.org>';
const BARE = ID.slice(1, -1);

function selfMail(...sent: string[]): SelfMail {
  const own = createSelfMail([], () => 1000);
  for (const id of sent) own.sending(id);
  return own;
}

/** Which of the lines of one batch are ours. Lines of another host begin with `HOST> `. */
function ours(own: SelfMail, ...lines: string[]): boolean[] {
  const read = (line: string) => {
    const [, host = 'mx', text = ''] = /^(?:(\w+)> )?(.*)$/.exec(line) ?? [];
    return { host, text };
  };
  const named = own.learn(lines, read);
  return lines.map((line, index) => {
    const { host, text } = read(line);
    return named.has(index) || own.isOwn(host, text);
  });
}

const POSTFIX = [
  'postfix/smtpd[4012]: connect from localhost[127.0.0.1]',
  'postfix/smtpd[4012]: 4XyZab1CdEzFg: client=localhost[127.0.0.1]',
  `postfix/cleanup[4015]: 4XyZab1CdEzFg: message-id=${ID}`,
  'postfix/qmgr[812]: 4XyZab1CdEzFg: from=<tayori@localhost>, size=1203, nrcpt=1 (queue active)',
  'postfix/smtpd[4012]: disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5',
  'postfix/local[4016]: 4XyZab1CdEzFg: to=<root@localhost>, relay=local, delay=0.04, status=sent (delivered to mailbox)',
  'postfix/qmgr[812]: 4XyZab1CdEzFg: removed',
];
const EXIM = [
  `exim[99]: 2026-11-20 12:30:00 1tDabc-000000004Hk-3xyz <= tayori@localhost H=localhost [127.0.0.1] P=esmtp S=1203 id=${BARE}`,
  'exim[99]: 2026-11-20 12:30:01 1tDabc-000000004Hk-3xyz => root <root@localhost> R=local_user T=mail_spool',
  'exim[99]: 1tDabc-000000004Hk-3xyz == you@example.org R=dnslookup T=remote_smtp defer (-53): retry time not reached',
  'exim[99]: 2026-11-20 12:30:01 1tDabc-000000004Hk-3xyz Completed',
];
const EXIM_MAINLOG = EXIM.map((line) => line.replace('exim[99]: ', ''));
const SENDMAIL = [
  `sm-mta[77]: 4AKCU0ab012345: from=<tayori@localhost>, size=1203, class=0, nrcpts=1, msgid=${ID}, proto=ESMTP, daemon=MTA-v4, relay=localhost [127.0.0.1]`,
  'sm-mta[78]: 4AKCU0ab012345: to=<root@localhost>, delay=00:00:00, mailer=local, pri=31203, dsn=2.0.0, stat=Sent',
];

describe('lines of our own letters', () => {
  it.each<[string, string[], boolean[]]>([
    [
      "Postfix, but for the connection, which is everybody's",
      POSTFIX,
      [false, true, true, true, false, true, true],
    ],
    ['Exim by way of syslog', EXIM, [true, true, true, true]],
    ['Exim in its own log', EXIM_MAINLOG, [true, true, true, true]],
    ['Sendmail', SENDMAIL, [true, true]],
    ['Dovecot, which has no queue', [`dovecot: lda(root)<1><x>: msgid=${ID}: saved mail to INBOX`], [true]],
    ['a filter of Postfix', [`amavis[1]: (1-1) Passed CLEAN, Message-ID: ${ID}, Hits: -`], [true]],
  ])('of %s', (_name, lines, expected) => {
    expect(ours(selfMail(ID), ...lines)).toEqual(expected);
  });

  it('are known by the answer of the server alone', () => {
    const own = selfMail();
    own.answered('4XyZab1CdEzFg');
    expect(ours(own, ...POSTFIX.filter((line) => !line.includes('message-id')))).toEqual([
      false,
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  it('are known after a restart by what was committed', () => {
    const first = selfMail(ID);
    ours(first, ...POSTFIX.slice(0, 3));
    const { learned, forgotten } = first.changes();
    expect([learned, forgotten]).toEqual([
      [{ id: '4XyZab1CdEzFg', kind: 'queue', host: 'mx', family: 'postfix', seen: 1000 }],
      [],
    ]);
    const second = createSelfMail(learned, () => 1000);
    expect(ours(second, ...POSTFIX.slice(3))).toEqual([true, false, true, true]);
    expect(second.changes()).toEqual({ learned: [], forgotten: ['4XyZab1CdEzFg'] });
  });

  it('are known again when a commit fails and they are read again', () => {
    const own = selfMail(ID);
    ours(own, ...POSTFIX.slice(0, 4));
    own.onCommitted();
    ours(own, ...POSTFIX.slice(4));
    own.revert();
    expect(ours(own, ...POSTFIX.slice(4))).toEqual([false, true, true]);
  });
});

it('no line makes it stumble, and none without an id is ours', () => {
  const word = fc.constantFrom(
    ': ',
    ' ',
    ':',
    '-',
    '<',
    '>',
    '@loghost.example.org',
    'message-id=<',
    ' id=',
    '2026-11-20 12:30:00 ',
    'postfix/qmgr[1]',
    '4XyZab1CdEzF',
    'removed',
  );
  const line = fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 12 });
  fc.assert(
    fc.property(line, (words) => {
      const own = selfMail(ID);
      ours(own, ...POSTFIX.slice(0, 4));
      const text = words.join('').replace(/4XyZab1CdEzFg/g, '');
      expect(ours(own, text)).toEqual([false]);
    }),
    { numRuns: 2000 },
  );
});

describe('no queue id is learned', () => {
  it.each<[string, string, string]>([
    [
      "from a program that does not write Message-IDs, in place of a word that stands in the server's own warnings",
      `postfix/smtpd[1]: warning: message-id=${ID}`,
      'postfix/smtpd[2]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed',
    ],
    [
      'without a digit, from the one that does',
      `postfix/cleanup[1]: warning: message-id=${ID}`,
      'postfix/cleanup[2]: warning: unable to look up the map',
    ],
    [
      'of smtpd, though it looks like one',
      `postfix/smtpd[1]: 4Xb1CdEzFg: message-id=${ID}`,
      'postfix/qmgr[2]: 4Xb1CdEzFg: from=<x@y>',
    ],
    [
      'of a program that is no mail server',
      `sshd[1]: 4Xb1CdEzFg: message-id=${ID}`,
      'postfix/qmgr[2]: 4Xb1CdEzFg: from=<x@y>',
    ],
    [
      'of a line that cleanup writes of what a sender chose',
      `postfix/cleanup[1]: 4Xb1CdEzFg: warning: header Subject: message-id=${ID}`,
      'postfix/qmgr[2]: 4Xb1CdEzFg: from=<x@y>',
    ],
    [
      'of a line of Sendmail that introduces no letter',
      `sm-mta[1]: 4AKCU0ab012345: to=<x@y>, msgid=${ID}`,
      'sm-mta[2]: 4AKCU0ab012345: to=<z@y>, stat=Sent',
    ],
    [
      'of a line of Exim that introduces none',
      `exim[1]: 1tDabc-000000004Hk-3xyz ** x@y: message-id=${ID}`,
      'exim[2]: 1tDabc-000000004Hk-3xyz => z@y',
    ],
  ])('%s', (_name, forged, genuine) => {
    const own = selfMail(ID);
    expect(ours(own, forged)).toEqual([true]);
    expect(own.changes().learned).toEqual([]);
    expect(ours(own, genuine)).toEqual([false]);
  });

  it.each([
    ['at its bound', 24, true],
    ['above it', 25, false],
    ['far above it', 100_000, false],
    ['at its least', 6, true],
    ['below that', 5, false],
  ])('%s', (_name, length, isLearned) => {
    const id = `4${'x'.repeat(length - 1)}`;
    const own = selfMail(ID);
    expect(ours(own, `postfix/cleanup[1]: ${id}: message-id=${ID}`)).toEqual([true]);
    expect(ours(own, `postfix/qmgr[1]: ${id}: from=<x@y>`)).toEqual([isLearned]);
  });
});

it('a queue id hides lines of the family of programs that gave it, and of no other', () => {
  const own = selfMail(ID);
  ours(own, `postfix-out/cleanup[1]: 4Xb1CdEzFg: message-id=${ID}`);
  expect(
    ours(
      own,
      'postfix-out/submission/smtpd[1]: 4Xb1CdEzFg: client=localhost[127.0.0.1]',
      'postfix-out/qmgr[1]: 4Xb1CdEzFg: from=<x@y>, size=1',
      'postfix/qmgr[1]: 4Xb1CdEzFg: from=<x@y>, size=1',
      'sm-mta[1]: 4Xb1CdEzFg: to=<x@y>, stat=Sent',
      'app: 4Xb1CdEzFg: disk fails',
    ),
  ).toEqual([true, true, false, false, false]);
});

it("an id from the server's answer is of the family that first writes it", () => {
  const own = selfMail();
  own.answered('4AKCU0ab012345');
  expect(
    ours(
      own,
      'app: 4AKCU0ab012345: disk fails',
      'sm-mta[77]: 4AKCU0ab012345: from=<x@y>, size=1203',
      'postfix/qmgr[1]: 4AKCU0ab012345: from=<x@y>',
      'sendmail[78]: 4AKCU0ab012345: to=<root@localhost>, stat=Sent',
    ),
  ).toEqual([false, true, false, true]);
});

it('what an older version kept, without a family, is of the first family that writes it', () => {
  const kept = { id: '4Xb1CdEzFg', kind: 'queue', host: 'mx', family: null, seen: 1000 } as const;
  const own = createSelfMail([kept], () => 1000);
  expect(ours(own, 'web1> postfix/qmgr[1]: 4Xb1CdEzFg: from=<x@y>')).toEqual([false]);
  expect(ours(own, 'postfix/qmgr[1]: 4Xb1CdEzFg: from=<x@y>')).toEqual([true]);
  expect(own.changes().learned).toMatchObject([{ id: '4Xb1CdEzFg', host: 'mx', family: 'postfix' }]);
});

describe('real news is not hidden', () => {
  it.each<[string, string[]]>([
    ['another Message-ID of this host', [POSTFIX[2]?.replace('m3x1y2', 'm3x1y3') ?? '']],
    ['a longer one', [POSTFIX[2]?.replace('example.org', 'example.org.evil.net') ?? '']],
    ['one with more in front', [POSTFIX[2]?.replace('<m3', '<xm3') ?? '']],
    [
      'the id as a user who fails to log in',
      [`sshd[1]: Failed password for invalid user ${BARE} from 192.0.2.1`],
    ],
    [
      'the id in brackets, with no word of a mail server',
      [`sshd[1]: Failed password for invalid user ${ID}`],
    ],
    [
      'lines of others',
      ['postfix/smtpd[1]: 4AnotherId12: client=x[192.0.2.1]', 'sshd[1]: 4XyZab1CdEzFg', 'kernel: x'],
    ],
    [
      'the queue id elsewhere in a line',
      ['sshd[1]: invalid user 4XyZab1CdEzFg: no', 'app: x: 4XyZab1CdEzFg: y'],
    ],
    ['a longer queue id', ['postfix/qmgr[1]: 4XyZab1CdEzFgH: removed']],
    ['the same queue id on another host', ['web1> postfix/qmgr[1]: 4XyZab1CdEzFg: from=<x@y>']],
    [
      'a mail that has got the same id since',
      [
        'postfix/cleanup[1]: 4XyZab1CdEzFg: message-id=<other@x.org>',
        'postfix/qmgr[1]: 4XyZab1CdEzFg: from=<x@y>',
      ],
    ],
    ['an empty line, and one of blanks', ['', ': ', ':  x']],
  ])('%s', (_name, lines) => {
    const own = selfMail(ID);
    ours(own, ...POSTFIX.slice(0, 4));
    expect(ours(own, ...lines)).toEqual(lines.map(() => false));
  });

  it('under a queue id that is given again after its letter is gone', () => {
    const own = selfMail(ID);
    ours(own, ...POSTFIX);
    expect(ours(own, ...POSTFIX.filter((line) => !line.includes('message-id')))).toEqual(
      Array(6).fill(false),
    );
  });

  it('by ids that are a week old, nor by too many', () => {
    let now = 0;
    const own = createSelfMail([], () => now);
    own.sending(ID);
    now = 7 * 86_400_000 + 1;
    own.sending('<other@loghost.example.org>');
    expect(ours(own, POSTFIX[2] ?? '')).toEqual([false]);
    own.sending(ID);
    for (let other = 0; other < MAX_SELF_MAIL_IDS; other++) own.sending(`<${other}@loghost.example.org>`);
    expect(ours(own, POSTFIX[2] ?? '')).toEqual([false]);
  });
});
