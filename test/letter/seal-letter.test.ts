import fc from 'fast-check';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Letter, SealedLetter } from '../../src/letter/letter.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { renderPager } from '../../src/letter/render/render-pager.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { aHost, aLetter } from './a-letter.js';

const SEAL = { id: 'mg1x2.7.0a1b2c', version: '0.1.0' };

async function sealed(changes: Partial<Letter> = {}): Promise<{ letter: SealedLetter; mail: Email }> {
  const letter = await sealLetter(aLetter(changes), SEAL);
  return { letter, mail: await PostalMime.parse(letter.mime) };
}

/** Lower-case name and value of each field, folded lines joined. */
function fields({ mime }: SealedLetter): [string, string][] {
  const head = mime.toString('latin1').split('\r\n\r\n')[0] ?? '';
  return head
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
}

describe('the header', () => {
  it("has Tenshi's fields and what mail needs today", async () => {
    const { letter } = await sealed();
    const since = Object.fromEntries(fields(letter))['X-tenshi-report-start'];
    expect(fields(letter)).toEqual([
      ['From', '"tayori on vm" <tenshi@example.org>'],
      ['To', 'one@example.org, two@example.org'],
      ['Auto-Submitted', 'auto-generated'],
      ['X-tenshi-version', '0.1.0'],
      ['X-tenshi-hostname', 'vm'],
      ['X-tenshi-report-start', since],
      ['Subject', 'tenshi report [a]'],
      ['Message-ID', '<mg1x2.7.0a1b2c@vm>'],
      ['Date', 'Fri, 20 Nov 2026 23:24:06 +0000'],
      ['MIME-Version', '1.0'],
      ['Content-Type', expect.stringMatching(/^multipart\/alternative; boundary=/)],
    ]);
    expect(letter).toMatchObject({
      queue: 'a',
      subject: 'tenshi report [a]',
      messageId: '<mg1x2.7.0a1b2c@vm>',
      from: 'tenshi@example.org',
      to: ['one@example.org', 'two@example.org'],
      sealed: Date.UTC(2026, 10, 20, 23, 24, 6),
    });
  });

  it("tells the report's start in Tenshi's words and local time", async () => {
    const { mail } = await sealed();
    const start = mail.headers.find(({ key }) => key === 'x-tenshi-report-start')?.value ?? '';
    expect(start).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d [+-]\d{4} 2026$/);
    expect(Date.parse(start.replace(/^(\S+ \S+ \S+) (\S+) (\S+) (\S+)$/, '$1 $4 $2 $3'))).toBe(
      Date.UTC(2026, 10, 20, 23, 24, 2),
    );
  });

  it('has no report start for a queue without a schedule', async () => {
    const { letter } = await sealed({ since: null });
    expect(fields(letter).map(([name]) => name)).not.toContain('X-tenshi-report-start');
  });

  it('encodes what is not ASCII', async () => {
    const { letter, mail } = await sealed({ subject: '障害の便り', from: '監視 <tenshi@例え.jp>' });
    expect(mail.subject).toBe('障害の便り [a]');
    expect(mail.from).toMatchObject({ name: '監視', address: 'tenshi@xn--r8jz45g.jp' });
    expect(letter.from).toBe('tenshi@xn--r8jz45g.jp');
    expect(letter.mime.every((byte) => byte < 128)).toBe(true);
  });

  it.each<[string, string, string]>([
    ['a bare name', 'root', 'root'],
    ['brackets alone', '<x@y>', 'x@y'],
    ['a display name', 'Log Host <x@y>', 'x@y'],
    ['no sender', '<>', ''],
  ])('writes From and To as they stand: %s', async (_name, written, address) => {
    const { letter } = await sealed({ from: written, to: [written, 'b@c'] });
    expect(Object.fromEntries(fields(letter))).toMatchObject({ From: written, To: `${written}, b@c` });
    expect(letter).toMatchObject({ from: address, to: [address, 'b@c'] });
  });

  it.each<[string, Partial<Letter>, string]>([
    ['an address alone', { from: 'tenshi@localhost' }, '"tayori on vm" <tenshi@localhost>'],
    [
      'whatever the host is called',
      { from: 'a@b', origin: 'x" <evil@c>\r\nBcc: d' },
      '"tayori on x---evil-c---Bcc--d" <a@b>',
    ],
    ['of a fleet', { from: 'a@b', fleet: '0a1b2c3d' }, '"tayori fleet" <a@b>'],
    ['not in a plain letter', { from: 'tenshi@localhost', form: 'plain' }, 'tenshi@localhost'],
    ['not in a pager letter', { from: 'tenshi@localhost', form: 'pager' }, 'tenshi@localhost'],
  ])('From has a name where the config gives none: %s', async (_name, changes, written) => {
    const { letter } = await sealed(changes);
    expect(Object.fromEntries(fields(letter))).toMatchObject({ From: written });
    expect(letter.from).toBe(changes.from);
  });

  it('folds a hundred recipients', async () => {
    const to = Array.from({ length: 100 }, (_, at) => `administrator${at}@example.org`);
    const { letter, mail } = await sealed({ to });
    expect(mail.to?.map(({ address }) => address)).toEqual(to);
    expect(longestLine(letter.mime)).toBeLessThanOrEqual(78);
  });
});

describe('the body', () => {
  it('is the text and the page, both in UTF-8', async () => {
    const hosts = [
      aHost('ホスト', [
        [3, 'ディスクが壊れた = "x" \t終'],
        [1, 'ü'.repeat(2000)],
      ]),
    ];
    const { letter, mail } = await sealed({ hosts, status: 'flushing' });
    expect(unix(mail.text)).toBe(renderText(aLetter({ hosts, status: 'flushing' })));
    expect(mail.html).toContain('ディスクが壊れた');
    expect(letter.mime.every((byte) => byte < 128)).toBe(true);
    expect(longestLine(letter.mime)).toBeLessThanOrEqual(78);
  });

  it('keeps the blank behind the host, the empty lines, dots and From lines', async () => {
    const hosts = [
      aHost('.', [
        [1, '.'],
        [1, 'From here'],
      ]),
    ];
    const { mail } = await sealed({ hosts });
    expect(unix(mail.text)).toBe('\n.: \n    1: .\n    1: From here\n');
  });

  it('is text alone for a pager', async () => {
    const { letter, mail } = await sealed({ form: 'pager' });
    expect(unix(mail.text)).toBe(renderPager(aLetter({ form: 'pager' })));
    expect(mail.html).toBeUndefined();
    expect(Object.fromEntries(fields(letter))['Content-Type']).toBe('text/plain; charset=utf-8');
  });

  it('goes without its page when that cannot be made, and says so', async () => {
    const page = () => Promise.reject(new Error('Parse error on line 3'));
    const mail = await PostalMime.parse((await sealLetter(aLetter(), { ...SEAL, page })).mime);
    expect(mail.html).toBeUndefined();
    expect(unix(mail.text)).toContain('    1: cron: x\n');
    expect(unix(mail.text)).toMatch(
      /\n {2}\*\*\* the HTML part could not be made: Parse error on line 3 \*\*\*\n$/,
    );
  });
});

describe('the seal', () => {
  it('gives the same bytes to the same letter', async () => {
    const [one, two] = [await sealed(), await sealed()];
    expect(one.letter.mime.equals(two.letter.mime)).toBe(true);
  });

  it('gives another Message-ID and border to another', async () => {
    const other = await sealLetter(aLetter(), { ...SEAL, id: 'other' });
    expect(other.messageId).toBe('<other@vm>');
    expect(other.mime.toString()).toContain('NmP-other-Part_1');
  });

  it.each<[string, string, string]>([
    ['a name that DNS would not take', 'my host.日本', '<x@my-host.-->'],
    ['empty labels', '..vm..', '<x@vm>'],
    ['nothing', '', '<x@localhost>'],
  ])('makes a Message-ID of %s', async (_name, origin, expected) => {
    expect((await sealLetter(aLetter({ origin }), { ...SEAL, id: 'x' })).messageId).toBe(expected);
  });
});

it('lets no text make a field, a part, a control byte or a long line', async () => {
  const names = fields((await sealed()).letter).map(([name]) => name);
  const nasty = fc.constantFrom(
    '\r\nBcc: evil@example.org\r\n\r\nbody',
    '\n.\n',
    '\0',
    '\x1b]0;x\x07',
    '"<>,;:',
  );
  const text = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 400 })), { maxLength: 4 });
  const field = text.map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        queue: field,
        subject: field,
        from: field,
        origin: field.map((text) => `h${text}`),
        status: field,
        to: field,
      }),
      field,
      field,
      async ({ to, ...changes }, host, message) => {
        const { letter, mail } = await sealed({
          ...changes,
          to: [to, 'x@y'],
          hosts: [aHost(host, [[1, message]])],
        });
        expect(fields(letter).map(([name]) => name)).toEqual(names);
        const lines = letter.mime.toString('latin1').split('\r\n');
        expect(lines.filter((line) => !/^[\t -~]{0,998}$/.test(line))).toEqual([]);
        expect(mail.attachments).toEqual([]);
        for (const address of [letter.from, ...letter.to]) expect(address).not.toMatch(/[\0-\x1f\x7f<>]/);
      },
    ),
    { numRuns: 200 },
  );
});

function longestLine(mime: Buffer): number {
  return Math.max(
    ...mime
      .toString('latin1')
      .split('\r\n')
      .map(({ length }) => length),
  );
}

/** With newlines as on Unix, and one at the end: postal-mime counts that of a part's border as part of it. */
function unix(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n').replace(/\n+$/, '\n');
}
