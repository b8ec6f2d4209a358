import { describe, expect, it } from 'vitest';
import { fleetNotes, type NotedLetter } from '../../src/fleet/fleet-notes.js';
import type { KnownNode, LetterContent, StoredContribution } from '../../src/fleet/meeting-place.js';
import { configOf } from './counting-node.js';
import { HOUR, START } from './fleet-under-test.js';

const HERE = '[0 12 * * *] in UTC; from f@x.org to t@x.org; subject "Noon"';

function nodesOf(count: number, ahead = 0): KnownNode[] {
  return Array.from({ length: count }, (_, at) => ({ name: `n${at}`, seen: START, ahead, version: '1' }));
}

function contribution(node: string, more: Partial<StoredContribution> = {}): StoredContribution {
  const empty = { since: START, held: null, counters: new Map(), untaken: { lines: [], about: false } };
  return {
    ...{ id: 1, node: { name: node, state: node }, edition: 1, due: START, closed: START, came: START },
    ...{ status: null, remarks: [], parts: [{ queue: 'noon', ...empty, lines: 3, messages: 1 }] },
    ...more,
  };
}

function notesOf(
  content: Partial<LetterContent>,
  more: Partial<NotedLetter> = {},
  conf = 'set letter plain\n',
): string[] {
  const nothing = {
    ...{ contributions: [], letters: new Map(), mailed: null, storm: null, differing: [], isFirst: false },
  };
  return fleetNotes(
    {
      ...{ asked: { series: 's', due: START }, queue: 'noon', definition: HERE, missing: [], made: START },
      content: { ...nothing, nodes: nodesOf(3), ...content },
      ...more,
    },
    configOf(`set queue noon f@x.org t@x.org [0 12 * * *] Noon\nnoon .\n${conf}`),
  );
}

describe('the notes of a letter of a fleet', () => {
  it('say of how many nodes it is, where it tells more than counts', () => {
    expect(notesOf({}, {}, 'set letter full\n')).toEqual(['counted on all 3 nodes']);
    expect(notesOf({}, {}, 'set letter plain\n')).toEqual([]);
    const two = { nodes: nodesOf(2) };
    expect(notesOf(two, {}, 'set letter full\n')).toEqual(['counted on both nodes']);
    expect(notesOf(two, {}, 'set letter full\nset language ja\n')).toEqual(['両方のノードの集計です']);
    expect(notesOf({}, {}, 'set letter full\nset language ja\n')).toEqual(['ノード3台すべての集計です']);
    expect(notesOf({ nodes: nodesOf(1) }, {}, 'set letter full\n')).toEqual([]);
  });

  it('name a few of thirty that are missing, and count the others', () => {
    const missing = nodesOf(28).map(({ name, seen }) => ({ name, seen: seen - HOUR }));
    expect(notesOf({ nodes: nodesOf(30) }, { missing })).toEqual([
      'counted on 2 of 30 nodes; not reported in time: n0 (last heard of Nov 20 09:00), n1 (last heard of Nov 20 09:00), n2 (last heard of Nov 20 09:00), n3 (last heard of Nov 20 09:00), n4 (last heard of Nov 20 09:00) and 23 more; what they counted comes in a later letter',
    ]);
  });

  it('say in Japanese who is missing', () => {
    const missing = [{ name: 'n2', seen: START }];
    expect(notesOf({}, { missing }, 'set letter plain\nset language ja\n')).toEqual([
      'ノード3台のうち2台の集計です。間に合わなかったもの: n2 (最後の連絡は11月20日 10:00)。その分は後の便りに載ります',
    ]);
  });

  it('tell what came late once for each node, and the others together', () => {
    const late = (node: string, hours: number) => contribution(node, { due: START - hours * HOUR });
    const many = Array.from({ length: 6 }, (_, at) => late(`m${at}`, 1));
    expect(notesOf({ contributions: [contribution('n0'), late('n1', 2), late('n1', 1)] })).toEqual([
      'late, from n1: 6 lines due Nov 20 08:00',
    ]);
    expect(notesOf({ contributions: many }).at(-1)).toBe('late, from 1 more node: 3 lines');
  });

  it('tell clocks that are more than a minute wrong', () => {
    const nodes = [...nodesOf(1, 300_000), ...nodesOf(1, -90_000), ...nodesOf(1, 59_000)];
    expect(notesOf({ nodes })).toEqual([
      'the clock of n0 is 5 min fast',
      'the clock of n0 is 1 min 30 s slow',
    ]);
  });

  it('tell what differs in the definitions of others, not what is the same', () => {
    const definition = '[0 9 * * *] in UTC; from f@x.org to t@x.org; subject "Noon"; empty letters';
    expect(notesOf({ differing: [{ queue: 'noon', nodes: ['n7'], definition }] })).toEqual([
      'n7 defines this queue differently, and so there are two letters of it: [0 9 * * *] in UTC; empty letters; here: [0 12 * * *] in UTC',
    ]);
  });

  it('have each remark of nodes once, and no more than twenty', () => {
    const same = ['n0', 'n1'].map((node) => contribution(node, { remarks: ['letters came late'] }));
    expect(notesOf({ contributions: same })).toEqual(['n0, n1: letters came late']);
    expect(notesOf({ contributions: same, nodes: nodesOf(1) })).toEqual(['letters came late']);
    const many = contribution('n0', { remarks: Array.from({ length: 30 }, (_, at) => `remark ${at}`) });
    expect(notesOf({ contributions: [many] })).toHaveLength(21);
  });

  it('show no control character of a name', () => {
    expect(notesOf({ nodes: [{ ...nodesOf(1, 300_000)[0]!, name: 'a\x1b[1m' }] })[0]).toContain('a\\x1b[1m');
  });
});
