import { expect, it } from 'vitest';
import { fleetLetters } from '../../src/daemon/fleet-letters.js';
import type { SealedLetter } from '../../src/letter/letter.js';
import { HeldQueues } from '../../src/store/held-queues.js';
import { type EditingNode, FleetUnderTest, HOUR } from './fleet-under-test.js';

const CONF = `set letter full
set thread day
set queue report f@x.org t@x.org [0 * * * *] Report
report .
`;

/** An editor on a host that is called after its node. */
function editorOn(fleet: FleetUnderTest, at: number): EditingNode {
  const { config, clock } = fleet;
  const held = new HeldQueues(fleet.node(at).store);
  const origin = `host-${fleet.node(at).id.name}`;
  return fleet.editor(at, {
    makeLetter: fleetLetters({ config, clock, held, origin, version: '1', onEvent: () => {} }),
  });
}

/** The letter of the hour that ends now, as this editor makes it. */
async function hourly(fleet: FleetUnderTest, { editor }: EditingNode): Promise<SealedLetter | null> {
  await fleet.contact();
  for (const node of fleet.nodes) {
    node.read(fleet.clock.now(), ['Nov 20 10:00:00 web1 x']);
    node.close(fleet.clock.now());
    await node.handIn(fleet.place, fleet.clock.now());
  }
  await editor.round();
  return fleet.place.sealings.at(-1)?.sealed ?? null;
}

/** A field of its head. */
function field(letter: SealedLetter | null, name: string): string | undefined {
  const head = letter?.mime.toString('latin1').replace(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head ?? '')?.[1];
}

it('letters of a fleet have one sender and one thread, whoever edits them, and name the editor in a field', async () => {
  const fleet = new FleetUnderTest(CONF, 2);
  await fleet.contact();
  const letters: (SealedLetter | null)[] = [];
  for (const at of [0, 1]) {
    fleet.clock.advance(HOUR);
    letters.push(await hourly(fleet, editorOn(fleet, at)));
  }
  expect(letters.map((letter) => field(letter, 'X-tenshi-hostname'))).toEqual(['host-a', 'host-b']);
  expect(letters.map((letter) => field(letter, 'From'))).toEqual(Array(2).fill('"tayori fleet" <f@x.org>'));
  const [first, second] = letters.map((letter) => field(letter, 'References'));
  expect(first).toMatch(/^<day\.2026-11-20\.[0-9a-f]{16}@tayori-fleet\.invalid>$/);
  expect(second).toBe(first);
  expect(letters.map((letter) => letter?.messageId.split('@')[1])).toEqual(['host-a>', 'host-b>']);
});
