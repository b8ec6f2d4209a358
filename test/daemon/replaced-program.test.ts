import { expect, it } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import type { DaemonEvent } from '../../src/daemon/event.js';
import { Mailing } from '../../src/daemon/mailing.js';
import type { Courier } from '../../src/mail/courier.js';
import type { Publisher } from '../../src/publish/publisher.js';
import type { Edition } from '../../src/store/ports/editions.js';
import { heldClock } from '../support/held-clock.js';

const MISSING = "Cannot find module 'dist/lib/publisher2.js' imported from dist/lib/daemon.js";

/** A mailing whose publisher is loaded by `load`, and what it does in turn. */
function mailingOf(load: () => Promise<unknown>): { mailing: Mailing; done: string[] } {
  const done: string[] = [];
  const courier = { round: async () => void done.push('deliver') };
  const mailing = new Mailing({
    store: { closedEditions: () => [{} as Edition], sweep: () => false, takeSecondWays: () => [] },
    clock: heldClock(),
    courier: courier as unknown as Courier,
    loadPublisher: async () => {
      await load();
      return { round: async () => void done.push('make'), close: async () => {} } as unknown as Publisher;
    },
    onEvent: (event: DaemonEvent) => void done.push(describeEvent(event)),
  });
  return { mailing, done };
}

it('where the program was replaced while it runs, that is told once, sealed letters go, and letters are made as soon as they can be', async () => {
  let isThere = false;
  const { mailing, done } = mailingOf(async () => {
    if (!isThere) throw new Error(MISSING);
  });
  await mailing.round();
  await mailing.flush();
  const told = `no letters can be made, since a part of the program cannot be loaded (${MISSING}). It was replaced while it runs: restart tayori; what is counted is kept until then`;
  expect(done).toEqual([told, 'deliver', 'deliver']);
  isThere = true;
  await mailing.round();
  expect(done.slice(3)).toEqual(['make', 'deliver']);
  await mailing.stopMaking();
});

it('a program that was replaced can end', async () => {
  const { mailing } = mailingOf(async () => {
    throw new Error(MISSING);
  });
  const round = mailing.round();
  await expect(mailing.stopMaking()).resolves.toBeUndefined();
  await round;
});
