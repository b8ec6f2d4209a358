import { expect, it } from 'vitest';
import { renderText } from '../../src/letter/render/render-text.js';
import { stamp } from '../support/stamp.js';
import { FleetUnderTest, HOUR } from './fleet-under-test.js';

it('a letter of a fleet remembers as many messages as its nodes would, each for itself', async () => {
  const fleet = new FleetUnderTest('set queue report f@x.org t@x.org [0 * * * *] Report\nreport .\n', 2);
  const editing = fleet.editor();
  await fleet.contact();
  for (const _ of ['first', 'second']) {
    fleet.clock.advance(HOUR);
    await fleet.contact();
    for (const node of fleet.nodes) {
      const said = Array.from({ length: 6000 }, (_, at) => `app: pool ${at.toString(36)} of ${node.id.name}`);
      node.read(
        fleet.clock.now(),
        said.map((text) => `${stamp(fleet.clock.now())} web-${node.id.name} ${text}`),
      );
      node.close(fleet.clock.now());
      await node.handIn(fleet.place, fleet.clock.now());
    }
    for (let round = 0; round < 3; round++) await editing.editor.round();
  }
  const [first = '', second = ''] = editing.letters().map(renderText);
  expect(first).not.toContain('cannot be remembered');
  expect(second).toContain('12,000 messages');
  expect(second).not.toMatch(/\d+ new/);
});
