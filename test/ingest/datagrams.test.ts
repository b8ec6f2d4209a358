import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/time/clock.js';
import { nameOf, type ReceiversOptions } from '../../src/ingest/receivers.js';
import { freeUdpPort } from '../support/free-port.js';
import { collect } from '../support/lines.js';
import { flood, send } from '../support/send.js';
import { configOf, open } from './open-receivers.js';

const STAMP = 'Nov  2 12:00:00';

/** A listener, and the lines that come of what is sent to it. `PORT` in the config is its port. */
async function listener(conf = '', given: Partial<ReceiversOptions> = {}, address = '127.0.0.1') {
  const port = await freeUdpPort();
  const config = configOf(`set listen ${address}:${port}\n${conf.replaceAll('PORT', String(port))}`);
  const { receivers, events, clock } = await open(config, given);
  const lines = collect<string>();
  const counters = new Map<string, number>();
  receivers.attach({
    receive(received) {
      lines.add(...received.lines);
      for (const [name, amount] of received.counters) counters.set(name, (counters.get(name) ?? 0) + amount);
      return true;
    },
    wasProcessed: () => false,
    lastTaken: () => null,
  });
  return { port, receivers, events, clock, lines, counters };
}

/** What names its host in a common form stays as it is: whoever reads it takes `<PRI>` for what it is. */
describe('datagrams become lines', () => {
  it.each<[string, string | Buffer, string[]]>([
    ['RFC 3164', '<34>Oct 11 22:14:15 web1 su: failed', ['<34>Oct 11 22:14:15 web1 su: failed']],
    ['RFC 3164 without PRI', 'Oct 11 22:14:15 web1 su: failed', ['Oct 11 22:14:15 web1 su: failed']],
    ['a PRI of many digits', '<34567>Oct 11 22:14:15 web1 su: x', ['Oct 11 22:14:15 web1 su: x']],
    [
      'RFC 3339',
      '<13>2026-11-02T10:00:00.5+09:00 web1 su: failed',
      ['<13>2026-11-02T10:00:00.5+09:00 web1 su: failed'],
    ],
    ['RFC 3339 without PRI', '2026-11-02T10:00:00Z web1 su: x', ['2026-11-02T10:00:00Z web1 su: x']],
    [
      'RFC 5424, whole',
      '<165>1 2026-10-11T22:14:15.003Z web1 evntslog 7 ID47 [a@1 b="c"] \uFEFFtold',
      ['<165>1 2026-10-11T22:14:15.003Z web1 evntslog 7 ID47 [a@1 b="c"] \uFEFFtold'],
    ],
    ['what only begins like RFC 5424', '<13>1 apple', [`${STAMP} 127.0.0.1 1 apple`]],
    ['bare text', 'disk fails', [`${STAMP} 127.0.0.1 disk fails`]],
    ['bare text with PRI', '<13>app[7]: disk fails', [`${STAMP} 127.0.0.1 app[7]: disk fails`]],
    ['a day of one digit, unpadded', '<13>Oct 1 22:14:15 web1 x', ['Oct 1 22:14:15 web1 x']],
    [
      'L1: a tag where the host would be: it is of the sender, at its own time',
      '<168>Oct 29 10:02:57 haproxy[2329]: backend b1 has no server available!',
      ['Oct 29 10:02:57 127.0.0.1 haproxy[2329]: backend b1 has no server available!'],
    ],
    [
      'L5: ASA with a year and a name',
      '<164>Oct 14 2026 09:33:47 asa-x : %ASA-4-106023: Deny icmp',
      ['Oct 14 2026 09:33:47 asa-x : %ASA-4-106023: Deny icmp'],
    ],
    [
      'L6: ASA without a name',
      '<164>Oct 14 2026 10:07:20: %ASA-4-106023: Deny udp',
      ['Oct 14 10:07:20 127.0.0.1 %ASA-4-106023: Deny udp'],
    ],
    [
      'L7: the counters of IOS',
      '<190>421370: 421366: Oct 23 22:23:27: %SEC-6-IPACCESSLOGP: list A permitted',
      ['Oct 23 22:23:27 127.0.0.1 %SEC-6-IPACCESSLOGP: list A permitted'],
    ],
    [
      'L8: a blank behind the priority',
      '<181> Oct 8 18:11:57 ISE-1 CISE_Failed: a',
      ['Oct 8 18:11:57 ISE-1 CISE_Failed: a'],
    ],
    [
      'L12: RFC 5424 of NIL values: of the sender, at the time of receipt',
      '<165>1 - - app - - - text',
      [`${STAMP} 127.0.0.1 app: text`],
    ],
    [
      'L20: a device without a clock, whose year says so: at the time of receipt',
      '<13>Jan 1 1970 00:00:07: %SYS-5-RESTART: System restarted',
      [`${STAMP} 127.0.0.1 %SYS-5-RESTART: System restarted`],
    ],
    ['a newline at the end', 'disk fails\n', [`${STAMP} 127.0.0.1 disk fails`]],
    ['a NUL at the end', 'disk fails\0', [`${STAMP} 127.0.0.1 disk fails`]],
    ['all of that at the end', 'disk fails\r\n\0\n', [`${STAMP} 127.0.0.1 disk fails`]],
    [
      'a host name that is longer than any: it stays in the message',
      `<13>Oct 11 22:14:15 ${'h'.repeat(256)} x`,
      [`${STAMP} 127.0.0.1 Oct 11 22:14:15 ${'h'.repeat(256)} x`],
    ],
    ['nothing but a PRI', '<13>', []],
    ['nothing but ends', '\n\0\r\n', []],
    ['nothing at all', '', []],
    [
      'several lines, each with a prefix',
      '<13>Oct 11 22:14:15 web1 one\n<14>Oct 11 22:14:16 web2 two\n',
      ['<13>Oct 11 22:14:15 web1 one', '<14>Oct 11 22:14:16 web2 two'],
    ],
    [
      'several lines, of which the first has a prefix: its host said them all',
      '<13>Oct 11 22:14:15 web1 Traceback:\n  at x\n\n<14>at y',
      ['<13>Oct 11 22:14:15 web1 Traceback:', `${STAMP} web1   at x`, `${STAMP} web1 at y`],
    ],
    [
      'several lines of RFC 5424',
      '<165>1 - web1 app - - - one\ntwo',
      ['<165>1 - web1 app - - - one', `${STAMP} web1 two`],
    ],
    [
      'several lines without any prefix',
      '<13>one\ntwo',
      [`${STAMP} 127.0.0.1 one`, `${STAMP} 127.0.0.1 two`],
    ],
    [
      'a prefix only further down',
      'one\nOct 11 22:14:15 web1 two',
      [`${STAMP} 127.0.0.1 one`, 'Oct 11 22:14:15 web1 two'],
    ],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0x62]), [`${STAMP} 127.0.0.1 a\\xffb`]],
    ['UTF-8', '<13>Oct 11 22:14:15 web1 便り', ['<13>Oct 11 22:14:15 web1 便り']],
  ])('%s', async (_name, datagram, expected) => {
    const { port, receivers, lines } = await listener();
    await send(port, [datagram]);
    await receivers.poll();
    expect(lines.all).toEqual(expected);
  });

  it('the largest there is, 65,507 bytes, is one line', async () => {
    const { port, receivers, lines } = await listener();
    const text = 'x'.repeat(65_507);
    await send(port, [text]);
    await receivers.poll();
    expect(lines.all).toEqual([`${STAMP} 127.0.0.1 ${text}`]);
  });

  it('a datagram ends its message: what has no newline is not glued to the next', async () => {
    const { port, receivers, lines } = await listener();
    await send(port, ['<34>Nov 20 10:00:00 d app: one', '<34>Nov 20 10:00:00 d app: two', '', 'three']);
    await receivers.poll();
    expect(lines.all).toEqual([
      '<34>Nov 20 10:00:00 d app: one',
      '<34>Nov 20 10:00:00 d app: two',
      `${STAMP} 127.0.0.1 three`,
    ]);
  });

  it('a logprefix of the config is a known prefix', async () => {
    const { port, receivers, lines } = await listener(
      'set logprefix ^\\[(\\w+)\\] \nset logprefix ^nohost: \n',
    );
    await send(port, ['<13>[web7] disk fails\nmore', '<13>nohost: x']);
    await receivers.poll();
    expect(lines.all).toEqual(['[web7] disk fails', `${STAMP} web7 more`, 'nohost: x']);
  });

  it('five hundred datagrams of random bytes are survived', async () => {
    const { port, receivers, lines } = await listener();
    for (let at = 0; at < 500; at += 20) {
      await send(
        port,
        Array.from({ length: 20 }, (_, more) => randomBytes((at + more) % 300)),
      );
      await receivers.poll();
    }
    await send(port, ['<13>still here']);
    await receivers.poll();
    expect(lines.all.at(-1)).toBe(`${STAMP} 127.0.0.1 still here`);
  });

  it('lines are handed on in the turn in which they came, without a look', async () => {
    const { port, lines } = await listener('', { clock: systemClock });
    await send(port, ['Oct 11 22:14:15 web1 one']);
    expect(await lines.until(1)).toEqual(['Oct 11 22:14:15 web1 one']);
  });
});

describe('where datagrams come from', () => {
  it('the sender is named as this machine names it', async () => {
    const [, name] = execFileSync('getent', ['hosts', '127.0.0.1'], { encoding: 'utf8' }).split(/\s+/);
    const { port, lines } = await listener('', { reverse: nameOf });
    await send(port, ['disk fails']);
    expect(await lines.until(1)).toEqual([`${STAMP} ${name} disk fails`]);
  });

  it('a resolver that never answers holds a datagram for one second', async () => {
    const { port, receivers, lines, clock } = await listener('', { reverse: () => new Promise(() => {}) });
    await send(port, ['bare', '<13>Oct 11 22:14:15 web1 has a prefix and does not wait']);
    await receivers.poll();
    expect(lines.all).toEqual(['<13>Oct 11 22:14:15 web1 has a prefix and does not wait']);
    clock.advance(1000);
    expect(lines.all).toHaveLength(1);
    await receivers.poll();
    expect(lines.all.at(-1)).toBe(`${STAMP} 127.0.0.1 bare`);
  });

  it.each([
    ['IPv6', '[::1]', '::1', '::1'],
    ['all of IPv6, and IPv4 with it', '[::]', '127.0.0.1', '127.0.0.1'],
    ['all of IPv6', '[::]', '::1', '::1'],
    ['all of IPv4', '0.0.0.0', '127.0.0.1', '127.0.0.1'],
  ])('%s', async (_name, address, to, sender) => {
    const { port, receivers, lines } = await listener('', {}, address);
    await send(port, ['x'], { to });
    await receivers.poll();
    expect(lines.all).toEqual([`${STAMP} ${sender} x`]);
  });

  it('IPv4 and IPv6 of one port can stand beside each other', async () => {
    const { port, receivers, lines } = await listener('set listen 0.0.0.0:PORT\n', {}, '[::]');
    await send(port, ['four']);
    await send(port, ['six'], { to: '::1' });
    await receivers.poll();
    expect(lines.all.sort()).toEqual([`${STAMP} 127.0.0.1 four`, `${STAMP} ::1 six`]);
  });
});

describe('what the kernel throws away', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '::1'],
    ['0.0.0.0', '127.0.0.1'],
  ])('is told and counted at %s', async (address, to) => {
    const { port, receivers, events, lines, counters } = await listener('', {}, address);
    const sent = 12_000; // more than net.core.rmem_max lets wait anywhere, as long as nobody reads
    flood(port, to, sent);
    await receivers.poll();
    await receivers.poll();
    await receivers.poll();
    const dropped = counters.get('dropped') ?? 0;
    expect(dropped).toBeGreaterThan(0);
    expect(lines.all.length + dropped).toBe(sent);
    expect(events.filter((event) => event.kind === 'source' && event.event.kind === 'dropped')).toMatchObject(
      [{ event: { datagrams: dropped } }],
    );
    expect(receivers.states()).toEqual([
      { name: `listen ${address}:${port}`, status: `open, ${dropped} datagrams lost so far` },
    ]);
  });
});
