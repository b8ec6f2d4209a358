import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Courier, type CourierEvent, createCourier } from '../../src/mail/courier.js';
import { openTransport } from '../../src/mail/transport/open-transport.js';
import {
  type Delivery,
  type Envelope,
  forAll,
  type Outcome,
  type Transport,
} from '../../src/mail/transport/transport.js';
import { MAX_REJECTED_LETTERS } from '../../src/store/sqlite/rejected-letters.js';
import type { Store } from '../../src/store/store.js';
import { memoryStore } from '../store/memory-store.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { startPickyServer, startScriptedServer } from './servers.js';

const closing: (() => unknown)[] = [];
let store: Store;
let clock: HeldClock;
let events: CourierEvent[];
let tries: string[];

beforeEach(() => {
  store = memoryStore();
  clock = heldClock();
  events = [];
  tries = [];
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Puts a letter named `name` into the outbox. */
function post(name: string, ...to: string[]): void {
  postFrom('a@b.org', name, ...to);
}

function postFrom(from: string, name: string, ...to: string[]): void {
  store.seal(0, {
    queue: name,
    subject: name,
    messageId: `<${name}@vm>`,
    from,
    to,
    mime: Buffer.from(`Message-ID: <${name}@vm>\r\nSubject: ${name}\r\n\r\nbody\r\n`),
    sealed: clock.now(),
  });
}

function courierOn(transport: Transport): Courier {
  const courier = createCourier({
    outbox: store,
    transport,
    clock,
    onEvent: (event) => void events.push(event),
  });
  closing.push(() => courier.close());
  return courier;
}

type Answer = Outcome | 'unreachable';

/** A transport that answers as told and notes `letter>recipients` of each try. */
function answering(answer: (name: string, address: string) => Answer): Transport {
  return {
    async deliver({ messageId, to }: Envelope): Promise<Delivery> {
      const name = messageId.slice(1, -4);
      tries.push(`${name}>${to.join(',')}`);
      const answers = to.map((address) => [address, answer(name, address)] as const);
      if (answers.some(([, one]) => one === 'unreachable')) return { kind: 'unreachable', reason: 'down' };
      return { kind: 'answered', outcomes: new Map(answers as [string, Outcome][]) };
    },
    close() {},
  };
}

const SENT: Outcome = { kind: 'sent' };
const REFUSED: Outcome = { kind: 'rejected', reason: '550 never' };
const LATER: Outcome = { kind: 'retry', about: 'letter', reason: '451 later' };
const NOT_NOW: Outcome = { kind: 'retry', about: 'recipient', reason: '450 greylisted' };

/** `letter>recipient: state attempts` of all that is left. */
function left(): string[] {
  return store
    .outbox()
    .map(({ queue, address, state, attempts }) => `${queue}>${address}: ${state} ${attempts}`);
}

describe('a round', () => {
  it('delivers all that waits, oldest first, one letter at a time', async () => {
    post('1', 'x', 'y');
    post('2', 'y');
    post('3', 'x');
    await courierOn(answering(() => SENT)).round();
    expect(tries).toEqual(['1>x,y', '2>y', '3>x']);
    expect(left()).toEqual([]);
    expect(events).toEqual([
      { kind: 'sent', queue: '1', address: 'x' },
      { kind: 'sent', queue: '1', address: 'y' },
      { kind: 'sent', queue: '2', address: 'y' },
      { kind: 'sent', queue: '3', address: 'x' },
    ]);
  });

  it('is never two at once', async () => {
    post('1', 'x');
    const courier = courierOn(answering(() => SENT));
    await Promise.all([courier.round(), courier.round(), courier.round('force')]);
    expect(tries).toEqual(['1>x']);
  });

  it('takes what is posted while it goes', async () => {
    post('1', 'x');
    const courier = courierOn(
      answering((name) => {
        if (name === '1') post('2', 'x');
        return SENT;
      }),
    );
    await courier.round();
    expect(tries).toEqual(['1>x', '2>x']);
  });

  it('does nothing on an empty outbox', async () => {
    await courierOn(answering(() => SENT)).round();
    expect([tries, events]).toEqual([[], []]);
  });

  it('tries a recipient the server said nothing of again', async () => {
    post('1', 'x');
    await courierOn({ deliver: async () => ({ kind: 'answered', outcomes: new Map() }), close() {} }).round();
    expect(left()).toEqual(['1>x: waiting 1']);
  });

  it('survives a transport that throws, and goes on with the next letter', async () => {
    post('1', 'x');
    post('2', 'y');
    await courierOn({
      deliver: ({ messageId, to }) =>
        messageId === '<1@vm>' ? Promise.reject(new Error('surprise')) : Promise.resolve(forAll(to, SENT)),
      close() {},
    }).round();
    expect(left()).toEqual(['1>x: waiting 1']);
    expect(events[0]).toEqual({ kind: 'deferred', queue: '1', address: 'x', reason: 'surprise' });
  });
});

describe('a refusal for good', () => {
  it('is kept and told, tried no more, and holds up nothing', async () => {
    post('1', 'bad', 'good');
    post('2', 'bad');
    const courier = courierOn(
      answering((name, address) => (name === '1' && address === 'bad' ? REFUSED : SENT)),
    );
    await courier.round();
    clock.advance(86_400_000);
    await courier.round();
    expect(tries).toEqual(['1>bad,good', '2>bad']);
    expect(left()).toEqual(['1>bad: refused 1']);
    expect(events).toContainEqual({ kind: 'rejected', queue: '1', address: 'bad', reason: '550 never' });
  });
});

const BACK_OFFS = [5, 15, 30, 60, 120, 300, 600, 900, 900, 900];

describe('a letter that is put off', () => {
  it('waits longer each time, and others get theirs', async () => {
    post('1', 'x');
    const courier = courierOn(answering((name) => (name === '1' ? LATER : SENT)));
    await courier.round();
    for (const [at, seconds] of BACK_OFFS.entries()) {
      post(`other${at}`, 'y');
      tries = [];
      clock.advance(seconds * 1000 - 1);
      await courier.round();
      expect(tries).toEqual([`other${at}>y`]);
      clock.advance(1);
      await courier.round();
      expect(tries).toEqual([`other${at}>y`, '1>x']);
    }
  });

  it('is not overtaken by a later one of its recipient', async () => {
    let ready = false;
    const courier = courierOn(answering((name) => (name === '1' && !ready ? LATER : SENT)));
    post('1', 'x');
    await courier.round();
    post('2', 'x', 'y');
    clock.advance(4999);
    await courier.round();
    ready = true;
    clock.advance(1);
    await courier.round();
    expect(tries).toEqual(['1>x', '2>y', '1>x', '2>x']);
    expect(left()).toEqual([]);
  });

  it('for more than nine minutes is itself the trouble, and others go past it', async () => {
    post('1', 'x');
    const courier = courierOn(answering((name) => (name === '1' ? LATER : SENT)));
    await courier.round();
    post('2', 'x');
    for (const seconds of [5, 15, 30, 60, 120, 299]) {
      clock.advance(seconds * 1000);
      await courier.round();
    }
    expect(tries).toEqual(Array(6).fill('1>x'));
    clock.advance(1000);
    await courier.round();
    post('3', 'x');
    await courier.round();
    clock.advance(600_000);
    await courier.round();
    expect(tries.slice(6)).toEqual(['1>x', '2>x', '3>x', '1>x']);
  });

  it('waits only for the recipient that put it off', async () => {
    post('1', 'x', 'y', 'z');
    let first = true;
    const courier = courierOn(answering((_name, address) => (address === 'y' && first ? LATER : SENT)));
    await courier.round();
    first = false;
    clock.advance(5000);
    await courier.round();
    expect(tries).toEqual(['1>x,y,z', '1>y']);
    expect(left()).toEqual([]);
  });
});

describe('a recipient that is put off', () => {
  it('gets its letters later, in their order, while others get theirs', async () => {
    let ready = false;
    const courier = courierOn(answering((_name, address) => (address === 'x' && !ready ? NOT_NOW : SENT)));
    post('1', 'x');
    post('2', 'x', 'y');
    await courier.round();
    expect(tries).toEqual(['1>x', '2>y']);
    post('3', 'x');
    clock.advance(4999);
    await courier.round();
    expect(tries).toEqual(['1>x', '2>y']);
    ready = true;
    clock.advance(1);
    await courier.round();
    expect(tries).toEqual(['1>x', '2>y', '1>x', '2>x', '3>x']);
    expect(left()).toEqual([]);
  });

  it('gets them in their order, though its wait ends while another letter is under way', async () => {
    let ready = false;
    const courier = courierOn(
      answering((_name, address) => {
        if (address === 'y') clock.advance(10_000);
        return address === 'x' && !ready ? NOT_NOW : SENT;
      }),
    );
    post('1', 'x');
    await courier.round();
    ready = true;
    post('2', 'y');
    post('3', 'x');
    clock.advance(4999);
    await courier.round();
    await courier.round();
    expect(tries).toEqual(['1>x', '2>y', '1>x', '3>x']);
  });

  it.each([
    ['at the recipient', NOT_NOW],
    ['at the letter', LATER],
  ])('%s gets them in their order after a restart, too', async (_name, outcome) => {
    post('1', 'x');
    await courierOn(answering(() => outcome)).round();
    post('2', 'x');
    const again = courierOn(answering(() => outcome));
    await again.round();
    post('3', 'x');
    await again.round();
    expect(tries).toEqual(['1>x', '1>x']);
    await courierOn(answering(() => SENT)).round();
    expect(tries.slice(2)).toEqual(['1>x', '2>x', '3>x']);
  });

  it.each([
    ['at the recipient', NOT_NOW],
    ['at the letter', LATER],
  ])('%s is tried at once when forced, oldest first', async (_name, outcome) => {
    let ready = false;
    const courier = courierOn(answering(() => (ready ? SENT : outcome)));
    post('1', 'x');
    await courier.round();
    post('2', 'x');
    await courier.round('force');
    expect(tries).toEqual(['1>x', '1>x']);
    ready = true;
    await courier.round('force');
    expect(tries.slice(2)).toEqual(['1>x', '2>x']);
    expect(left()).toEqual([]);
  });

  it('is tried again after 5 s, 15 s, and so on, with the oldest letter alone', async () => {
    const courier = courierOn(answering(() => NOT_NOW));
    post('1', 'x');
    post('2', 'x');
    await courier.round();
    for (const seconds of BACK_OFFS) {
      expect(await triesAfter(seconds, courier)).toEqual(['1>x']);
    }
  });
});

/** What is tried after so many seconds, and not before. */
async function triesAfter(seconds: number, courier: Courier): Promise<string[]> {
  tries = [];
  clock.advance(seconds * 1000 - 1);
  await courier.round();
  expect(tries).toEqual([]);
  clock.advance(1);
  await courier.round();
  return tries;
}

describe('a server that cannot be reached', () => {
  it('ends the round, and is left alone for longer each time', async () => {
    post('1', 'x');
    post('2', 'y');
    const courier = courierOn(answering(() => 'unreachable'));
    await courier.round();
    for (const seconds of BACK_OFFS) {
      expect(events.at(-1)).toEqual({
        kind: 'unreachable',
        reason: 'down',
        again: clock.now() + seconds * 1000,
      });
      expect(await triesAfter(seconds, courier)).toEqual(['1>x']);
    }
  });

  it('gets all that waits, oldest first, when it is back', async () => {
    let up = false;
    const courier = courierOn(answering(() => (up ? SENT : 'unreachable')));
    for (const name of ['1', '2', '3']) post(name, 'x');
    await courier.round();
    up = true;
    tries = [];
    events = [];
    clock.advance(5000);
    await courier.round();
    expect(tries).toEqual(['1>x', '2>x', '3>x']);
    expect(events.map(({ kind }) => kind)).toEqual(['reachable', 'sent', 'sent', 'sent']);
    expect(left()).toEqual([]);
  });

  it('is tried at once when forced', async () => {
    post('1', 'x');
    const courier = courierOn(answering(() => 'unreachable'));
    await courier.round();
    await courier.round();
    await courier.round('force');
    expect(tries).toEqual(['1>x', '1>x']);
  });

  it('is not avoided for a day when the clock is set back by one', async () => {
    post('1', 'x');
    const courier = courierOn(answering(() => 'unreachable'));
    await courier.round();
    clock.jump(-86_400_000);
    await courier.round();
    expect(tries).toEqual(['1>x', '1>x']);
  });
});

/** What was put in front of the letter at each try: `letter: header`. */
function tracing(answer: (name: string) => Answer): { transport: Transport; headers: string[] } {
  const headers: string[] = [];
  const transport: Transport = {
    async deliver({ messageId, mime, to }) {
      const name = messageId.slice(1, -4);
      const [head = ''] = mime.toString('latin1').split('Message-ID:');
      headers.push(`${name}: ${head.trimEnd()}`);
      const outcome = answer(name);
      return outcome === 'unreachable' ? { kind: 'unreachable', reason: 'down' } : forAll(to, outcome);
    },
    close() {},
  };
  return { transport, headers };
}

describe('a late letter', () => {
  it('says how late it is and what went wrong last, one that goes at once says nothing', async () => {
    let answers: Answer[] = [LATER, NOT_NOW];
    const { transport, headers } = tracing(() => answers.shift() ?? SENT);
    post('1', 'x');
    const courier = courierOn(transport);
    await courier.round();
    clock.advance(192 * 60_000);
    await courier.round();
    clock.advance(86_400_000);
    post('2', 'y');
    await courier.round();
    expect(headers).toEqual([
      '1: ',
      '1: X-tayori-delayed: 3 h 12 min; 451 later',
      '1: X-tayori-delayed: 1 d 3 h; 450 greylisted',
      '2: ',
    ]);
    answers = [];
  });

  it('that only waited for the server has the reason why others could not go', async () => {
    let up = false;
    const { transport, headers } = tracing(() => (up ? SENT : 'unreachable'));
    const courier = courierOn(transport);
    post('1', 'x');
    await courier.round();
    post('2', 'x');
    clock.advance(5000);
    await courier.round();
    post('3', 'x');
    up = true;
    clock.advance(15_000);
    await courier.round();
    expect(headers.slice(2)).toEqual([
      '1: X-tayori-delayed: 20 s; down',
      '2: X-tayori-delayed: 20 s; down',
      '3: X-tayori-delayed: 15 s; down',
    ]);
  });

  it('that was never tried says so', async () => {
    const { transport, headers } = tracing(() => SENT);
    post('1', 'x');
    clock.advance(3_600_000);
    await courierOn(transport).round();
    expect(headers).toEqual(['1: X-tayori-delayed: 1 h; tayori was not running, or was busy']);
  });

  it('goes with the same bytes again when a crash hid how its try ended', async () => {
    const { transport, headers } = tracing(() => LATER);
    post('1', 'x');
    await courierOn(transport).round();
    clock.advance(60_000);
    const killed = courierOn({
      deliver: (letter) => transport.deliver(letter).then(() => new Promise(() => {})),
      close() {},
    });
    void killed.round();
    while (headers.length < 2) await Promise.resolve();
    closing.pop(); // it never ends
    clock.advance(3_600_000);
    await courierOn(transport).round();
    clock.advance(3_600_000);
    await courierOn(transport).round();
    expect(headers.slice(1)).toEqual([
      '1: X-tayori-delayed: 1 min; 451 later',
      '1: X-tayori-delayed: 1 min; 451 later',
      '1: X-tayori-delayed: 2 h 1 min; 451 later',
    ]);
  });

  it('goes with the same bytes also when the server was away after the crash, and when it had no header', async () => {
    let answer: Answer = SENT;
    const { transport, headers } = tracing(() => answer);
    post('1', 'x');
    const killed = courierOn({
      deliver: (letter) => transport.deliver(letter).then(() => new Promise(() => {})),
      close() {},
    });
    void killed.round();
    while (headers.length < 1) await Promise.resolve();
    closing.pop(); // it never ends
    for (answer of ['unreachable', LATER, LATER] as const) {
      clock.advance(60_000);
      await courierOn(transport).round();
    }
    expect(headers).toEqual(['1: ', '1: ', '1: ', '1: X-tayori-delayed: 3 min; 451 later']);
  });

  it('is to be told by the next, once for all its recipients, unless it was a matter of seconds', async () => {
    let up = false;
    const courier = courierOn(answering(() => (up ? SENT : 'unreachable')));
    post('a', 'x', 'y');
    await courier.round();
    clock.advance(59_000);
    post('a', 'x');
    clock.advance(1000);
    up = true;
    await courier.round();
    expect(store.deliveryNotices(['a'])).toMatchObject([
      { kind: 'late', queue: 'a', letters: 1, delay: 60_000, reason: 'down', sealed: clock.now() - 60_000 },
    ]);
    expect(store.deliveryNotices(['b'])).toEqual([]);
  });
});

/** A transport whose letters wait until they are answered by name. */
function waiting(): {
  readonly transport: Transport;
  answer(name: string, outcome?: Outcome): Promise<void>;
} {
  const answers = new Map<string, (outcome: Outcome) => void>();
  const transport: Transport = {
    deliver({ messageId, to }) {
      const name = messageId.slice(1, -4);
      tries.push(`${name}>${to.join(',')}`);
      return new Promise((resolve) => {
        answers.set(name, (outcome) => resolve(forAll(to, outcome)));
      });
    },
    close() {
      for (const answer of answers.values()) answer(LATER);
    },
  };
  return {
    transport,
    async answer(name, outcome = SENT) {
      answers.get(name)?.(outcome);
      answers.delete(name);
      await setImmediate();
    },
  };
}

describe('a letter that takes long', () => {
  it('keeps others waiting for five seconds, and its own recipients until it is through', async () => {
    const { transport, answer } = waiting();
    const courier = courierOn(transport);
    post('1', 'x');
    post('2', 'x', 'y');
    post('3', 'z');
    const round = courier.round();
    clock.advance(4999);
    await setImmediate();
    expect(tries).toEqual(['1>x']);
    clock.advance(1);
    await setImmediate();
    expect(tries).toEqual(['1>x', '2>y']);
    await answer('2');
    expect(tries).toEqual(['1>x', '2>y', '3>z']);
    await answer('3');
    post('4', 'y');
    void courier.round();
    await setImmediate();
    expect(tries.slice(3)).toEqual(['4>y']);
    await answer('4');
    await answer('1');
    expect(tries.slice(4)).toEqual(['2>x']);
    await answer('2');
    await round;
    expect(left()).toEqual([]);
  });

  it('is one of three at most', async () => {
    const { transport, answer } = waiting();
    const courier = courierOn(transport);
    for (const name of ['1', '2', '3', '4', '5']) post(name, name);
    const round = courier.round();
    for (let step = 0; step < 6; step++) {
      clock.advance(5000);
      await setImmediate();
    }
    expect(tries).toEqual(['1>1', '2>2', '3>3']);
    await answer('2');
    expect(tries.slice(3)).toEqual(['4>4']);
    for (const name of ['1', '3', '4', '5']) {
      clock.advance(5000);
      await answer(name);
    }
    await round;
    expect(left()).toEqual([]);
  });

  it('and is put off then, after more than a minute, holds up no later one of its recipient', async () => {
    const { transport, answer } = waiting();
    const courier = courierOn(transport);
    post('1', 'x');
    post('2', 'x');
    const round = courier.round();
    clock.advance(600_000);
    await answer('1', LATER);
    expect(tries).toEqual(['1>x', '2>x']);
    await answer('2');
    await round;
    expect(left()).toEqual(['1>x: waiting 1']);
  });

  it('is no more under way when the courier is closed', async () => {
    const { transport } = waiting();
    const courier = courierOn(transport);
    for (const name of ['1', '2']) post(name, name);
    const round = courier.round();
    clock.advance(5000);
    await setImmediate();
    await courier.close();
    await round;
    expect(left()).toEqual(['1>1: waiting 1', '2>2: waiting 1']);
    expect(clock.waiting).toBe(0);
  });

  it('that a server took while it took no connection more ends no trouble', async () => {
    const { transport, answer } = waiting();
    let full = false;
    const courier = courierOn({
      deliver: (letter) =>
        full ? Promise.resolve({ kind: 'unreachable', reason: '421 too many' }) : transport.deliver(letter),
      close: () => transport.close(),
    });
    post('1', 'x');
    post('2', 'y');
    const round = courier.round();
    full = true;
    clock.advance(5000);
    await setImmediate();
    expect(events).toEqual([{ kind: 'unreachable', reason: '421 too many', again: clock.now() + 5000 }]);
    await answer('1');
    await round;
    expect(events.map(({ kind }) => kind)).toEqual(['unreachable', 'sent']);
    full = false;
    clock.advance(5000);
    void courier.round();
    await answer('2');
    expect(events.slice(2).map(({ kind }) => kind)).toEqual(['reachable', 'sent']);
  });
});

describe('a sender that has to mend something', () => {
  it('has its letters wait, one of them tried now and then, while those of others go', async () => {
    const MEND: Outcome = { kind: 'retry', about: 'sender', reason: '530 login' };
    const courier = courierOn(answering((name) => (name.startsWith('bad') && !mended ? MEND : SENT)));
    let mended = false;
    for (const name of ['bad1', 'bad2']) postFrom('bad@b.org', name, 'x', 'y');
    post('good', 'x');
    await courier.round();
    expect(tries).toEqual(['bad1>x,y', 'good>x']);
    for (const seconds of BACK_OFFS) expect(await triesAfter(seconds, courier)).toEqual(['bad1>x,y']);
    clock.advance(30 * 86_400_000);
    mended = true;
    tries = [];
    await courier.round();
    expect(tries).toEqual(['bad1>x,y', 'bad2>x,y']);
  });
});

describe('a quota that is used up', () => {
  it('is waited for for a day, also across restarts; then it is a refusal', async () => {
    const LIMIT: Outcome = { kind: 'limited', about: 'sender', reason: '550 5.4.5 quota' };
    post('1', 'x');
    await courierOn(answering(() => LIMIT)).round();
    clock.advance(86_399_999);
    await courierOn(answering(() => LIMIT)).round();
    expect(left()).toEqual(['1>x: waiting 2']);
    clock.advance(900_000);
    await courierOn(answering(() => LIMIT)).round();
    expect(left()).toEqual(['1>x: refused 3']);
    expect(events.at(-1)).toEqual({
      kind: 'rejected',
      queue: '1',
      address: 'x',
      reason: '550 5.4.5 quota; this has lasted for a day',
    });
  });

  it('has its day from the first time on, however old the letter is', async () => {
    const LIMIT: Outcome = { kind: 'limited', about: 'letter', reason: '552 5.2.2 full' };
    post('1', 'x');
    clock.advance(7 * 86_400_000);
    let answers: Outcome[] = [LIMIT, LIMIT];
    const courier = courierOn(answering(() => answers.shift() ?? SENT));
    await courier.round();
    clock.advance(80_000_000);
    await courier.round();
    clock.advance(900_000);
    await courier.round();
    expect(left()).toEqual([]);
    answers = [];
  });
});

it('many letters that wait for one recipient are put off in one step', async () => {
  const courier = courierOn(answering(() => NOT_NOW));
  for (let name = 1; name <= 500; name++) post(String(name), 'x');
  let steps = 0;
  const { defer } = store;
  Object.assign(store, {
    defer(...given: Parameters<Store['defer']>) {
      steps += 1;
      defer(...given);
    },
  });
  await courier.round();
  expect([tries, steps]).toEqual([['1>x'], 1]);
  expect(
    store.outbox().filter(({ lastError }) => lastError?.startsWith('waits for an older letter')),
  ).toHaveLength(499);
});

describe('closing', () => {
  it('waits for the letter under way, and begins no other', async () => {
    post('1', 'x');
    post('2', 'x');
    let answer = (_: Delivery): void => {};
    const courier = courierOn({
      deliver: ({ to }) => {
        tries.push(to.join());
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
      close: () => answer(forAll(['x'], LATER)),
    });
    const round = courier.round();
    await courier.close();
    await round;
    await courier.round('force');
    expect(tries).toEqual(['x']);
    expect(left()).toEqual(['1>x: waiting 1', '2>x: waiting 0']);
  });
});

it('letters in the clear are told once, until they are private again', async () => {
  const reasons = ['454 no', '454 no', undefined, '454 again'];
  const courier = courierOn({
    async deliver({ to }) {
      const reason = reasons.shift();
      const delivery = forAll(to, SENT);
      return reason === undefined ? delivery : { ...delivery, unencrypted: reason };
    },
    close() {},
  });
  for (const name of ['1', '2', '3', '4']) post(name, 'x');
  await courier.round();
  expect(events.filter(({ kind }) => kind === 'unencrypted')).toEqual([
    { kind: 'unencrypted', reason: '454 no' },
    { kind: 'unencrypted', reason: '454 again' },
  ]);
});

it('of letters refused for good a hundred are kept, and it is told that others had to go', async () => {
  const courier = courierOn(answering(() => REFUSED));
  for (let name = 1; name <= MAX_REJECTED_LETTERS + 2; name++) post(String(name), 'x');
  await courier.round();
  expect(left()).toHaveLength(MAX_REJECTED_LETTERS);
  expect(left()[0]).toBe('3>x: refused 1');
  expect(events.filter(({ kind }) => kind === 'evicted')).toEqual([
    { kind: 'evicted', letters: 1 },
    { kind: 'evicted', letters: 1 },
  ]);
  expect(store.deliveryNotices([]).filter(({ kind }) => kind === 'dropped')).toMatchObject([{ letters: 2 }]);
});

describe('over real SMTP', () => {
  const OPTIONS = { helo: null, timeout: 10, onTalk: null };

  it('each recipient gets the same bytes once, whatever became of the others', async () => {
    const server = await startPickyServer();
    post('1', 'good@x.org', 'rcpt550@x.org', 'rcpt450@x.org');
    post('2', 'good@x.org');
    const courier = courierOn(openTransport(server.route, OPTIONS));
    await courier.round();
    expect(server.received.map(({ to, mime }) => [to, /^Subject: (.*)\r$/m.exec(mime)?.[1]])).toEqual([
      [['good@x.org'], '1'],
      [['good@x.org'], '2'],
    ]);
    expect(left()).toEqual(['1>rcpt450@x.org: waiting 1', '1>rcpt550@x.org: refused 1']);
  });

  it('a letter refused at every stage keeps its bytes, behind one line that tells how late it is and why', async () => {
    post('1', 'x@y.org');
    const before = store.nextDue(clock.now())?.mime.toString('latin1');
    for (const script of [
      { greeting: '421 busy' },
      { MAIL: '451 no' },
      { RCPT: '450 no' },
      { DATA: '451 no' },
      { mid: { bytes: 10, act: 'cut' } },
      { dot: '452 full' },
    ]) {
      const server = await startScriptedServer(script);
      const courier = courierOn(openTransport(server.route, OPTIONS));
      clock.advance(900_000);
      await courier.round();
      expect(server.connections).toBe(1);
      await courier.close();
      await server.close();
      expect(left()).toEqual([expect.stringMatching(/^1>x@y\.org: waiting \d$/)]);
    }
    const server = await startPickyServer();
    clock.advance(900_000);
    await courierOn(openTransport(server.route, OPTIONS)).round();
    expect(server.received.map(({ mime }) => mime)).toEqual([
      `X-tayori-delayed: 1 h 45 min; Message failed: 452 full\r\n${before}`,
    ]);
    expect(left()).toEqual([]);
  });
});
