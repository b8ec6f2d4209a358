import { describe, expect, it } from 'vitest';
import { SenderNames } from '../../../src/source/push/sender-names.js';
import { heldClock } from '../../support/held-clock.js';

interface Asked {
  readonly address: string;
  answer(name: string | undefined): Promise<void>;
  fail(): Promise<void>;
}

function start() {
  const clock = heldClock();
  const asked: Asked[] = [];
  const said: string[] = [];
  const names = new SenderNames({
    clock,
    reverse: (address) =>
      new Promise((resolve, reject) => {
        asked.push({
          address,
          async answer(name) {
            resolve(name);
            await new Promise(setImmediate);
          },
          async fail() {
            reject(new Error('no resolver'));
            await new Promise(setImmediate);
          },
        });
      }),
  });
  const say = (address: string, what = 'x'): void =>
    names.withName(address, (name) => said.push(`${name} ${what}`));
  return { clock, asked, said, names, say };
}

describe('the name of a sender', () => {
  it('is asked for once, and those who wait for it keep their order', async () => {
    const { asked, said, say } = start();
    say('192.0.2.1', '1');
    say('192.0.2.1', '2');
    expect(said).toEqual([]);
    await asked[0]?.answer('web1.example.org');
    say('192.0.2.1', '3');
    expect(said).toEqual(['web1.example.org 1', 'web1.example.org 2', 'web1.example.org 3']);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['nobody knows it', undefined],
    ['it has a blank in it', 'evil host'],
    ['it has a newline in it', 'evil\nhost'],
    ['it has brackets', 'a[1]'],
    ['it is empty', ''],
    ['it is longer than DNS allows', 'x'.repeat(300)],
  ])('is its address where %s', async (_name, answer) => {
    const { asked, said, say } = start();
    say('192.0.2.1');
    await asked[0]?.answer(answer);
    expect(said).toEqual(['192.0.2.1 x']);
  });

  it('is its address where nobody can be asked', async () => {
    const { asked, said, say } = start();
    say('192.0.2.1');
    await asked[0]?.fail();
    expect(said).toEqual(['192.0.2.1 x']);
  });

  it('is asked for anew after a while; the old one serves meanwhile', async () => {
    const { asked, said, say, clock } = start();
    say('192.0.2.1');
    await asked[0]?.answer('old');
    clock.advance(3_600_000);
    say('192.0.2.1');
    expect(said).toEqual(['old x', 'old x']);
    await asked[1]?.answer('new');
    say('192.0.2.1');
    expect(said.at(-1)).toBe('new x');
  });
});

describe('a resolver that never answers', () => {
  it('costs a sender one second, and then nothing', () => {
    const { said, say, clock, asked } = start();
    say('192.0.2.1', '1');
    clock.advance(999);
    expect(said).toEqual([]);
    clock.advance(1);
    expect(said).toEqual(['192.0.2.1 1']);
    say('192.0.2.1', '2');
    expect(said).toHaveLength(2);
    expect(asked).toHaveLength(1);
  });

  it('is not asked for other senders either, after three waits in vain, for a minute', () => {
    const { said, say, clock, asked } = start();
    for (const last of [1, 2, 3]) {
      say(`192.0.2.${last}`);
      clock.advance(1000);
    }
    say('192.0.2.4');
    expect(said).toHaveLength(4);
    expect(asked).toHaveLength(3);
    clock.advance(60_000);
    say('192.0.2.4');
    expect(asked).toHaveLength(4);
  });

  it('whose answer comes too late changes nothing', async () => {
    const { said, say, clock, asked } = start();
    say('192.0.2.1');
    clock.advance(1000);
    await asked[0]?.answer('late');
    say('192.0.2.1');
    expect(said).toEqual(['192.0.2.1 x', '192.0.2.1 x']);
  });

  it('leaves nobody waiting when all is closed', () => {
    const { said, say, names } = start();
    say('192.0.2.1');
    say('192.0.2.2');
    names.flush();
    expect(said).toEqual(['192.0.2.1 x', '192.0.2.2 x']);
  });
});

describe('a flood of invented senders', () => {
  it('asks for eight at once, and for fifty in a second', async () => {
    const { asked, said, say } = start();
    for (let at = 0; at < 1000; at++) {
      say(`198.51.100.${at}`);
      if (at % 4 === 3) for (const one of asked) await one.answer(undefined);
    }
    expect(asked).toHaveLength(50);
    expect(said).toHaveLength(1000);
    for (let at = 0; at < 100; at++) say(`203.0.113.${at}`);
    expect(asked).toHaveLength(50);
  });

  it('lets a thousand datagrams wait at most', async () => {
    const { asked, said, say } = start();
    for (let at = 0; at < 1500; at++) say('192.0.2.1', String(at));
    expect(said).toHaveLength(500);
    await asked[0]?.answer('web1');
    expect(said).toHaveLength(1500);
    say('192.0.2.1', 'more');
    expect(said.at(-1)).toBe('web1 more');
  });

  it('is not settled by an answer to a question that has ended before', async () => {
    const { clock, asked, said, say } = start();
    say('192.0.2.1', 'early');
    clock.advance(1000);
    for (let at = 0; at < 10_000; at++) {
      clock.advance(20);
      say(`10.0.${at >> 8}.${at & 255}`); // so many that the first one is forgotten
      await asked.at(-1)?.answer('other');
    }
    clock.advance(1000);
    const before = said.length;
    say('192.0.2.1', 'late');
    await asked[0]?.answer('old');
    expect(said).toHaveLength(before);
    await asked.at(-1)?.answer('web1');
    expect(said.slice(before)).toEqual(['web1 late']);
  });
});
