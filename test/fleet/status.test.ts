import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { renderStatus } from '../../src/commands/render-status.js';
import { readConfig } from '../../src/config/read-config.js';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { reportStatus, type Status } from '../../src/daemon/status.js';
import { Away } from '../../src/fleet/meeting-place.js';
import type { Running } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { MemoryPlace } from './memory-place.js';
import { fleetConf, NOON, startNode } from './node.js';
import { watched } from './watched.js';

function report({ folder, store }: Running): Status {
  const read = readConfig(join(folder, 'tenshi.conf'));
  if (!read.ok) throw new Error('no config');
  return reportStatus(store, read.config, true, NOON);
}

/** The part about the fleet. */
function shown(running: Running, now: number): string[] {
  const text = renderStatus(report(running), { state: running.folder, timezone: 'UTC', now });
  const [, part = ''] = /\nFleet\n(.*?)\n\n/s.exec(text) ?? [];
  return part.split('\n').map((line) => line.trim().replace(/ {2,}/, ': '));
}

async function meeting(offset = 0, conf = fleetConf('a')) {
  const clock = heldClock(NOON - HOUR);
  const place = watched(new MemoryPlace(() => clock.now() - offset));
  const node = await startNode(place, conf, { clock });
  return { clock, place, node };
}

describe('the status of a node', () => {
  it('names the fleet, the node, and since when they are in touch', async () => {
    const { node } = await meeting();
    expect(shown(node, NOON)).toEqual([
      'meets at: postgresql://tayori@localhost/tayori',
      'as the node: a',
      expect.stringMatching(/^now: in touch since .*11:00/),
    ]);
  });

  it('tells since when it is away, why, and what waits', async () => {
    const { clock, place, node } = await meeting();
    place.away = new Away('the server does not answer', { forGood: false });
    node.write('report x');
    clock.advance(HOUR);
    await node.daemon.poll();
    expect(report(node).fleet).toMatchObject({
      ...{ state: 'away', since: NOON, lastMet: NOON - HOUR, waiting: 1 },
      reason: 'the server does not answer',
    });
    expect(shown(node, NOON).slice(2)).toEqual([
      expect.stringMatching(/^now: away since .*12:00.*, last met .*11:00.*: the server does not answer$/),
      'waiting: 1 closed edition to be handed in',
    ]);
  });

  it('tells that its clock is wrong, that its name is taken, and which queues differ', async () => {
    const { clock, place, node } = await meeting(300_000);
    const other = await startNode(place, fleetConf('b').replace('root@', 'ops@'), { clock });
    const twin = await startNode(place, fleetConf('a'), { clock });
    clock.advance(15_000);
    await node.daemon.poll();
    expect(shown(node, NOON).slice(3)).toEqual([
      'clock: 5 min ahead, by that of the fleet',
      '[report]: is defined differently on b: tayori fleet shows how',
    ]);
    expect(shown(twin, NOON)[2]).toMatch(/^now: its name is that of another node since .*\(set node\)$/);
    await other.stop();
  });

  it('is nothing where the config has no fleet, and tells nothing of another one', async () => {
    const { node } = await meeting();
    const read = readConfig(join(node.folder, 'tenshi.conf'));
    if (!read.ok || !read.config.fleet.value) throw new Error('no config');
    const { config } = read;
    const without = { ...config, fleet: { value: null, place: null } };
    const elsewhere = {
      ...config,
      fleet: { value: { ...read.config.fleet.value, host: 'other' }, place: null },
    };
    expect(reportStatus(node.store, without, true, NOON).fleet).toBeNull();
    expect(reportStatus(node.store, elsewhere, true, NOON).fleet).toMatchObject({
      state: 'not-met',
      since: null,
    });
  });
});

describe('events of a fleet, for people', () => {
  it.each([
    [
      { kind: 'fleet-away', address: 'postgresql://h/d', reason: 'no answer' },
      /postgresql:\/\/h\/d cannot be used \(no answer\)/,
    ],
    [{ kind: 'fleet-back', address: 'postgresql://h/d', away: 7_200_000 }, /can be used again, after 2 h/],
    [{ kind: 'clock-wrong', ahead: -300_000 }, /clock of this machine is 5 min behind/],
    [{ kind: 'clock-right' }, /is right again/],
    [{ kind: 'name-taken', node: 'a', seen: 1 }, /called a; until one of them has another name \(set node\)/],
    [{ kind: 'name-free', node: 'a' }, /the name a is free now/],
    [
      {
        kind: 'queue-differs',
        queue: 'q',
        nodes: ['b', 'c'],
        here: '[now]; from a@x.org',
        there: '[0 1 * * *]; from a@x.org',
      },
      /\[q\] is defined differently on b, c, .*two letters of it \(there: \[0 1 \* \* \*\]; here: \[now\]\)$/,
    ],
    [
      {
        kind: 'queue-differs',
        queue: 'q',
        nodes: ['b', 'c', 'd', 'e', 'f', 'g'],
        here: '[now]; fold',
        there: '[now]',
      },
      /on b, c, d, e, f and 1 more, .*\(there: \[now\]; here: fold\)$/,
    ],
    [
      { kind: 'letter-taken', queue: 'q', subject: 's' },
      /letter \[q\] of the fleet is delivered by this node/,
    ],
    [{ kind: 'letter-lost', queue: 'q' }, /delivered by another node now/],
    [
      { kind: 'letters-given-back', letters: 2, reason: 'r' },
      /2 letters of the fleet are left to other nodes \(r\)/,
    ],
    [
      { kind: 'letters-alone', letters: 1, away: 900_000 },
      /1 letter of the fleet goes although.* 15 min, and may come twice/,
    ],
  ] as const)('tell %j', (event, words) => {
    expect(describeEvent(event)).toMatch(words);
  });
});
