import { afterAll, describe, expect, it } from 'vitest';
import type { GatePlan, GatePlans } from '../../src/queue/timed/gate-plan.js';
import { keyOf } from '../../src/queue/timed/key-of.js';
import { type Passage, QueueGates } from '../../src/queue/timed/queue-gates.js';
import { type TimedKey, type TimedKeyChanges, TimedKeys } from '../../src/queue/timed/timed-keys.js';
import { addToWindow } from '../../src/queue/timed/window.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { createRandom, type Random } from '../support/random.js';
import { type PlainHit, type PlainOutcome, type PlainSettings, plainOutcomes } from './plain-gates.js';

const BY = ['ip'];
const HITS = { space: 'hits a ip', by: BY };

function plansOf({ count, span, throttle, follows, mutes }: PlainSettings): GatePlans {
  const none = {
    follows: [],
    window: null,
    throttle: null,
    mutedBy: [],
    gather: null,
    remembered: [],
    program: null,
  };
  const a: GatePlan = {
    ...none,
    queue: 'a',
    isTimed: true,
    ofFleet: false,
    window: { space: 'window a ip', by: BY, count, span, words: 'by ip' },
    throttle: { space: 'throttle a ip', by: BY, span: throttle },
    remembered: [HITS],
    namesKey: true,
  };
  const b: GatePlan = {
    ...none,
    queue: 'b',
    isTimed: true,
    ofFleet: false,
    follows: [{ ...HITS, span: follows }],
    mutedBy: [{ ...HITS, span: mutes }],
    namesKey: true,
  };
  return { queues: new Map([a, b].map((plan) => [plan.queue, plan])), exemptions: [] };
}

/** Where what is remembered outlives a process. */
interface Memory {
  load(): TimedKey[];
  commit(changes: TimedKeyChanges): void;
}

function inMemory(): Memory {
  const rows = new Map<string, TimedKey>();
  return {
    load: () => [...rows.values()].sort((x, y) => x.place - y.place),
    commit({ dropped, deleted, written }) {
      for (const [name, { space }] of rows) if (dropped.includes(space)) rows.delete(name);
      for (const { space, key } of deleted) rows.delete(`${space}\n${key}`);
      for (const one of written) rows.set(`${one.space}\n${one.key}`, one);
    },
  };
}

/** Gates that are committed, ended and killed in between: what was not committed is read again. */
function outcomes(hits: readonly PlainHit[], settings: PlainSettings, random: Random, memory: Memory) {
  const plans = plansOf(settings);
  const begin = () => {
    const keys = new TimedKeys(memory.load());
    return { keys, gates: new QueueGates(plans, keys) };
  };
  let { keys, gates } = begin();
  const said: PlainOutcome[] = [];
  let committed = 0;
  for (let at = 0; at < hits.length; at++) {
    const hit = hits[at];
    const plan = hit && gates.planOf(hit.queue);
    if (!hit || !plan) throw new Error('no plan');
    const groups = new Map([['ip', hit.key]]);
    said[at] = plainly(gates.take(plan, { ...hit, host: 'web1', groups }, hit.read));
    if (random.chance(0.2)) {
      memory.commit(keys.changes());
      keys.onCommitted();
      committed = at + 1;
    }
    if (random.chance(0.05)) {
      ({ keys, gates } = begin());
      at = committed - 1;
    }
  }
  return said;
}

function plainly(passage: Passage): PlainOutcome {
  if (passage.kind === 'stopped') return { passes: false, pages: false, fed: null };
  const { pages, fed } = passage;
  if (!fed) return { passes: true, pages, fed: null };
  const { times, repeats } = fed;
  return {
    passes: true,
    pages,
    fed: { count: times.length - 1 + repeats, first: Math.min(...times), last: Math.max(...times) },
  };
}

/** A stream with late lines, repeated ones, lines without a time or from the future, and a clock that jumps. */
function streamOf(random: Random): PlainHit[] {
  let clock = 1_000_000;
  return Array.from({ length: 3 + random.below(30) }, () => {
    clock += random.below(20);
    if (random.chance(0.05)) clock += random.below(2000) - 1000;
    const late = random.chance(0.2) ? random.below(120) : 0;
    const ahead = random.chance(0.05) ? random.below(500) : 0;
    return {
      queue: random.chance(0.7) ? 'a' : 'b',
      key: random.pick(['192.0.2.1', '192.0.2.2', '["x"]']),
      time: random.chance(0.05) ? null : clock - late + ahead,
      read: clock,
      count: random.chance(0.1) ? 1 + random.below(12) : 1,
    };
  });
}

function settingsOf(random: Random): PlainSettings {
  const span = (): number => 1 + random.below(100);
  return { count: 1 + random.below(5), span: span(), throttle: span(), follows: span(), mutes: span() };
}

/** In CI and at the desk a part of them; TIMED_CASES=100000 tries all. */
const CASES = Number(process.env.TIMED_CASES ?? 3000);

describe('windows, throttles, follows and mutes say what plain counting of all hits says', () => {
  it(`in ${CASES} random streams, with restarts and kills`, { timeout: 600_000 }, () => {
    let passed = 0;
    for (let seed = 0; seed < CASES; seed++) {
      const random = createRandom(seed);
      const settings = settingsOf(random);
      const hits = streamOf(random);
      const said = outcomes(hits, settings, random, inMemory());
      const plain = plainOutcomes(hits, settings);
      if (JSON.stringify(said) !== JSON.stringify(plain))
        expect({ seed, said }).toEqual({ seed, said: plain });
      passed += plain.filter(({ passes }) => passes).length;
    }
    expect(passed).toBeGreaterThan(CASES);
  });

  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(opened.reason);
  const { store } = opened;
  afterAll(() => store.end());

  it('through the real state, too', () => {
    const nothing = { at: 0, positions: [], forgotten: [], tally: [], counters: new Map<string, number>() };
    const ruleState = { last: new Map(), hits: [] };
    const memory: Memory = {
      load: () => store.timedKeys(),
      commit: (timedKeys) => store.commit({ ...nothing, ruleState, timedKeys }),
    };
    for (let seed = 0; seed < 100; seed++) {
      const random = createRandom(seed);
      const settings = settingsOf(random);
      const hits = streamOf(random);
      memory.commit({ dropped: ['window a ip', 'throttle a ip', 'hits a ip'], written: [], deleted: [] });
      expect(outcomes(hits, settings, random, memory)).toEqual(plainOutcomes(hits, settings));
    }
  });
});

describe('keys', () => {
  it('the least recent one is forgotten where there are too many, and that is counted', () => {
    const keys = new TimedKeys([], 2);
    for (const key of ['x', 'y', 'x', 'z']) keys.set('s', key, { times: [1], hosts: ['h'] });
    expect(['x', 'y', 'z'].filter((key) => keys.get('s', key))).toEqual(['x', 'z']);
    expect(keys.forgotten).toBe(1);
    expect(keys.changes().deleted).toEqual([{ space: 's', key: 'y' }]);
  });

  it('a flood in one directive forgets nothing of another', () => {
    const keys = new TimedKeys([], 2);
    keys.set('t', 'x', { times: [1], hosts: [] });
    for (const key of ['1', '2', '3', '4']) keys.set('s', key, { times: [1], hosts: [] });
    expect(keys.get('t', 'x')).not.toBeNull();
  });

  it('a key of a megabyte is remembered by its hash', () => {
    const long = 'x'.repeat(1_000_000);
    const key = keyOf(['ip'], new Map([['ip', long]]), 'web1');
    expect(key.length).toBeLessThan(200);
    expect(keyOf(['ip'], new Map([['ip', `${long}y`]]), 'web1')).not.toBe(key);
  });

  it.each([
    ['a missing value and a host of that name', ['ip'], [['ip', 'web1']], ['ip'], []],
    ['a value that looks like a missing one', ['ip'], [['ip', '[["web1"]]']], ['ip'], []],
    [
      'two values that are joined alike',
      ['x', 'y'],
      [
        ['x', 'a","b'],
        ['y', 'c'],
      ],
      ['x', 'y'],
      [
        ['x', 'a'],
        ['y', 'b","c'],
      ],
    ],
  ] as const)('%s are two keys', (_, by, one, other, two) => {
    const values = (some: readonly (readonly [string, string])[]) => new Map<string, string | null>(some);
    expect(keyOf(by, values(one), 'web1')).not.toBe(keyOf(other, values(two), 'web1'));
  });
});

it('a window that a reload made smaller counts on with what it holds', () => {
  const held = { times: [1, 2, 3, 4], hosts: ['h', 'h', 'h', 'h'] };
  const step = addToWindow(held, { time: 5, host: 'h', count: 1 }, { count: 3, span: 100 }, 10);
  expect(step).toMatchObject({
    kind: 'reached',
    reached: 1,
    fed: { times: [3, 4, 5], repeats: 1 },
    left: null,
  });
});
