import { describe, expect, it } from 'vitest';
import type { MeetingPlace } from '../../src/fleet/meeting-place.js';
import { contentsOf, type Letter } from '../../src/letter/letter.js';
import { heldClock } from '../support/held-clock.js';
import { hasPostgres, sharedPostgres } from '../support/postgres-server.js';
import { createRandom, type Random } from '../support/random.js';
import { FleetUnderTest, HOUR, NodeAlone } from './fleet-under-test.js';
import { openPlace } from './postgres/open-place.js';

const RULES = `set letter full
set louder 2 1
set queue report f@x.org t@x.org [0 * * * *] Report
set queue sums f@x.org t@x.org [0 * * * *] Sums
set queue quiet f@x.org t@x.org [0 * * * *] Quiet
set queue page p@x.org t@x.org [now] Page
set section attacks sums Attacks
set empty quiet on
report ^login of (?<user>\\S+) from (\\S+)
report ^backup of (\\S+)
attacks ^attack from (\\S+)
page ^fire
quiet ^silence broken
sums .
`;

const OPTIONS = [
  '',
  'set threshold report 2 .\n',
  'set threshold sums 3 .\n',
  'set values report off\n',
  'set language ja\n',
  'set limit 4\n',
] as const;

const HOSTS = ['web1', 'web2', 'db1', '192.0.2.7'] as const;

/** An hour of lines, each of a second of its own, so that all nodes agree on which was first. */
function hourOfLines(random: Random, from: number): string[] {
  const usual = ['backup of data', 'nightly run', 'sync'].flatMap((text) =>
    random.chance(0.85)
      ? Array.from({ length: 1 + random.below(random.chance(0.2) ? 40 : 4) }, () => text)
      : [],
  );
  const others = Array.from({ length: 5 + random.below(60) }, () =>
    random.pick([
      `login of user${random.below(6)} from 10.0.0.${random.below(20)}`,
      `login of user${random.below(6)} from 10.0.0.${random.below(20)}`,
      `attack from 10.1.${random.below(3)}.${random.below(9)}`,
      `odd thing ${random.below(4)}`,
      `rare thing ${random.below(400)}`,
      'fire',
      random.chance(0.2) ? 'silence broken' : 'silence',
    ]),
  );
  const step = Math.floor((HOUR - 60_000) / (usual.length + others.length));
  return [...usual, ...others]
    .map((text) => ({ text, order: random.below(1_000_000) }))
    .sort((a, b) => a.order - b.order)
    .map(({ text }, at) => `${stampOf(from + 1000 + at * step)} ${random.pick(HOSTS)} ${text}`);
}

function stampOf(time: number): string {
  return new Date(time).toUTCString().replace(/^\w+, (\d+) (\w+) \d+ (\S+) .*/, '$2 $1 $3');
}

/** Notes that speak of nodes, and those whose numbers are of all lines that a node has read. */
const OF_NODES =
  /^counted on |^ノード|^両方の|lines? read since|行を読みました|tayori watched|^followed: |^監視対象|^could not be read: |^読めなかった/;

function told({ notes, fleet: _, ...letter }: Letter) {
  return { ...letter, notes: notes.filter((note) => !OF_NODES.test(note)) };
}

/** Which kinds of news a letter has. */
function kindsOf(letter: Letter): string[] {
  return contentsOf(letter).flatMap(({ parts }) => [
    ...(parts?.news.map(({ news }) => news.kind) ?? []),
    ...(parts?.gone.length ? ['gone'] : []),
  ]);
}

function inOrder(letters: readonly Letter[]) {
  return letters.toSorted((a, b) => (a.queue < b.queue ? -1 : 1)).map(told);
}

/**
 * Lives through hours of random lines, on one node and spread over several that meet in `place`, and compares the letters.
 * `now`: what a right clock says in that place.
 */
async function liveThrough(
  hours: number,
  random: Random,
  fleet: FleetUnderTest,
  { place, now }: { readonly place: MeetingPlace; readonly now: () => Promise<number> },
): Promise<string[]> {
  const { clock, nodes } = fleet;
  const alone = new NodeAlone(fleet.config, clock);
  const editing = fleet.editor(0, {}, place);
  const seen = new Set<string>();
  for (let hour = 0; hour < hours; hour++) {
    const lines = hourOfLines(random, clock.now());
    clock.advance(HOUR);
    alone.node.read(clock.now(), lines);
    const share = nodes.map((): string[] => []);
    for (const line of lines) share[random.below(share.length)]?.push(line);
    for (const [at, node] of nodes.entries()) node.read(clock.now(), share[at] ?? []);
    for (const node of nodes) await node.contact(place, await now());
    for (const one of [alone.node, ...nodes]) one.close(clock.now());
    for (const node of nodes) await node.handIn(place, clock.now());
    const expected = await alone.make();
    editing.events.splice(0);
    while ((await editing.editor.round()).worked);
    expect(editing.events.filter(({ kind }) => kind !== 'sealed')).toEqual([]);
    expect(inOrder(editing.letters())).toEqual(inOrder(expected));
    for (const kind of expected.flatMap(kindsOf)) seen.add(kind);
  }
  return [...seen].sort();
}

describe('lines over several nodes', () => {
  it.each(Array.from({ length: 6 }, (_, seed) => [seed]))(
    'make the letters that one node makes of them all (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const fleet = new FleetUnderTest(`${RULES}${random.pick(OPTIONS)}${random.pick(OPTIONS)}`);
      const { place, clock } = fleet;
      const seen = await liveThrough(8, random, fleet, { place, now: async () => clock.now() });
      expect(seen).toEqual(['gone', 'louder', 'new']);
    },
  );
});

describe.skipIf(!hasPostgres)('lines over several nodes that meet in PostgreSQL', () => {
  const server = sharedPostgres();

  it('make the same letters', async () => {
    const place = openPlace(server(), await server().database());
    const now = async (): Promise<number> => (await place.overview()).now;
    const begin = Math.floor((await now()) / HOUR) * HOUR - 9 * HOUR;
    const fleet = new FleetUnderTest(RULES, 3, heldClock(begin));
    await liveThrough(8, createRandom(20), fleet, { place, now });
  });
});
