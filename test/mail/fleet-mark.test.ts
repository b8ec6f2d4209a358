import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FleetMark, MAX_AGE } from '../../src/mail/fleet-mark.js';
import { createSelfMail, type SelfMail } from '../../src/mail/self-mail.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const HOST = 'editor.example.org';
const MARK = new FleetMark('a secret');
/** What `letter` of the publisher is called before it is signed. */
const PLAIN = `${(NOW - 60_000).toString(36)}.7.0123456789ab`;
const LEFT = MARK.sign(PLAIN, HOST);
const ID = `${LEFT}@${HOST}`;

/** A node that has made and sent nothing. */
function node(now = NOW): SelfMail {
  const own = createSelfMail([], () => now);
  own.join(MARK);
  return own;
}

function ours(own: SelfMail, ...lines: string[]): boolean[] {
  const read = (text: string) => ({ host: 'mx', text });
  const named = own.mayBeNamedIn(lines.join('\n')) ? own.learn(lines, read) : new Set<number>();
  return lines.map((text, at) => named.has(at) || own.isOwn('mx', text));
}

function postfix(id: string): string[] {
  return [
    'postfix/smtpd[4012]: 4XyZab1CdEzFg: client=localhost[127.0.0.1]',
    `postfix/cleanup[4015]: 4XyZab1CdEzFg: message-id=<${id}>`,
    'postfix/qmgr[812]: 4XyZab1CdEzFg: from=<tayori@localhost>, size=1203, nrcpt=1 (queue active)',
    'postfix/qmgr[812]: 4XyZab1CdEzFg: removed',
  ];
}

describe('the Message-ID of a letter of a fleet', () => {
  it('is the id, a code and the mark of the fleet, which tell nothing of the secret', () => {
    expect(LEFT).toMatch(new RegExp(`^${PLAIN}\\.[0-9a-f]{16}\\.${MARK.mark}$`));
    expect(MARK.mark).toMatch(/^[0-9a-f]{8}$/);
    expect(new FleetMark('a secret').sign(PLAIN, HOST)).toBe(LEFT);
    expect(JSON.stringify(MARK)).not.toContain('secret');
  });

  it('is known to all nodes, that of a second way, too, and by no other fleet', () => {
    const second = MARK.sign(`${PLAIN}.second`, HOST);
    expect([ID, `${second}@${HOST}`].map((id) => MARK.knows(id, NOW))).toEqual([true, true]);
    expect(new FleetMark('another secret').knows(ID, NOW)).toBe(false);
  });

  it('is known no more when any character of it is another', () => {
    const change = fc.record({
      at: fc.nat(ID.length - 1),
      to: fc.constantFrom(...'0123456789abcdefxyzXYZ.-@'),
    });
    fc.assert(
      fc.property(change, ({ at, to }) => {
        fc.pre(ID.charAt(at) !== to);
        expect(MARK.knows(ID.slice(0, at) + to + ID.slice(at + 1), NOW)).toBe(false);
      }),
    );
  });

  it('hides nothing when it is older than a month', () => {
    const made = NOW - 60_000;
    expect(MARK.knows(ID, made + MAX_AGE)).toBe(true);
    expect(MARK.knows(ID, made + MAX_AGE + 1)).toBe(false);
  });
});

describe('a node that has not sent the letter', () => {
  it.each<[string, string[]]>([
    ['Postfix', postfix(ID)],
    [
      'Exim',
      [
        `exim[99]: 2026-11-20 12:30:00 1tDabc-000000004Hk-3xyz <= t@localhost H=localhost [127.0.0.1] P=esmtp S=1203 id=${ID}`,
        'exim[99]: 2026-11-20 12:30:01 1tDabc-000000004Hk-3xyz Completed',
      ],
    ],
    [
      'Sendmail',
      [
        `sm-mta[77]: 4AKCU0ab012345: from=<t@localhost>, size=1203, nrcpts=1, msgid=<${ID}>, proto=ESMTP`,
        'sm-mta[78]: 4AKCU0ab012345: to=<root@localhost>, delay=00:00:00, mailer=local, stat=Sent',
      ],
    ],
    ['Dovecot', [`dovecot: lda(root)<1><x>: msgid=<${ID}>: saved mail to INBOX`]],
  ])('knows the lines of %s about it', (_name, lines) => {
    expect(ours(node(), ...lines)).toEqual(lines.map(() => true));
  });

  it('knows its queue id after a restart, by what was committed', () => {
    const first = node();
    ours(first, ...postfix(ID).slice(0, 2));
    const second = createSelfMail(first.changes().learned, () => NOW);
    expect(ours(second, ...postfix(ID).slice(2))).toEqual([true, true]);
  });

  it.each<[string, string]>([
    ['a code that somebody has made up', `${PLAIN}.0123456789abcdef.${MARK.mark}@${HOST}`],
    ['the code of another letter', `${LEFT.replace('.7.', '.8.')}@${HOST}`],
    ['another host', `${LEFT}@${HOST}.evil.net`],
    ['nothing but the mark', `${MARK.mark}@${HOST}`],
    ['more in front', `x.${ID}`],
    ['more behind', `${ID}_x`],
  ])('counts lines with %s, and learns no queue id of them', (_name, id) => {
    const own = node();
    expect(ours(own, ...postfix(id))).toEqual([false, false, false, false]);
    expect(own.changes().learned).toEqual([]);
  });

  it.each([
    ['with no word of a mail server', `sshd[1]: Failed password for invalid user <${ID}>`],
    [
      'behind twenty others in one line',
      `app: ${`message-id=<x.${MARK.mark}@y> `.repeat(20)}message-id=<${ID}>`,
    ],
  ])('counts a line that names it %s', (_name, line) => {
    expect(ours(node(), line)).toEqual([false]);
  });

  it('counts lines about a letter of another fleet, and of an older build', () => {
    const other = new FleetMark('another secret').sign(PLAIN, HOST);
    for (const left of [other, PLAIN])
      expect(ours(node(), ...postfix(`${left}@${HOST}`))).not.toContain(true);
  });
});

it('the letters that a node sends for others leave it one text to search for, not one for each of their hosts', () => {
  const sent = createSelfMail([], () => NOW);
  const ids = ['a.example', 'b.example'].map((host) => `<${MARK.sign(PLAIN, host)}@${host}>`);
  for (const id of ids) sent.sending(id);
  expect(sent.mayBeNamedIn('x@a.example')).toBe(true);
  sent.join(MARK);
  sent.sending(ids[1] ?? '');
  expect(sent.mayBeNamedIn('x@a.example x@b.example')).toBe(false);
  expect(ours(sent, ...postfix((ids[0] ?? '').slice(1, -1)))).toEqual([true, true, true, true]);
  sent.sending('<of-this-host@c.example>');
  expect(sent.mayBeNamedIn('x@c.example')).toBe(true);
});
