import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/letter/render/render-text.js';
import type { Storm } from '../../src/queue/fold.js';
import { type EditingNode, FleetUnderTest, MINUTE } from './fleet-under-test.js';

const FOLDING = 'set sleep 5\nset queue page f@x.org t@x.org [now] Page\nset fold page 10m\npage .\n';

class StormyFleet extends FleetUnderTest {
  readonly editing: EditingNode;

  constructor(conf = FOLDING) {
    super(conf);
    this.editing = this.editor(0, { storms: () => this.storms() });
  }

  /** As nodes hear of them at each contact. */
  storms(): ReadonlyMap<string, Storm> {
    const last = this.place.sealings.at(-1);
    return last?.storm ? new Map([[last.letter.series, last.storm]]) : new Map();
  }

  /** A node hands in hits, and the editor looks. */
  async hits(at: number, texts: readonly string[], status: string | null = null): Promise<void> {
    const now = this.clock.now();
    const stamp = new Date(now).toUTCString().replace(/^\w+, (\d+) (\w+) \d+ (\S+) .*/, '$2 $1 $3');
    const node = this.node(at);
    node.read(
      now,
      texts.map((text) => `${stamp} web1 ${text}`),
    );
    node.close(now, 'all', status);
    await node.handIn(this.place, null);
    await this.look();
  }

  async look(): Promise<void> {
    await this.editing.editor.round();
  }

  texts(): string[] {
    return this.editing.letters().map(renderText);
  }
}

async function stormy(conf?: string): Promise<StormyFleet> {
  const fleet = new StormyFleet(conf);
  await fleet.contact();
  return fleet;
}

describe('a storm over a fleet', () => {
  it('is one page at once, one for what comes meanwhile, and a note when it is over', async () => {
    const fleet = await stormy();
    await fleet.hits(0, ['fire']);
    expect(fleet.texts()).toHaveLength(1);
    await fleet.hits(1, ['fire']);
    await fleet.hits(2, ['fire', 'fire']);
    expect(fleet.texts()).toHaveLength(1);
    fleet.clock.advance(10 * MINUTE);
    await fleet.look();
    expect(fleet.texts()).toHaveLength(1);
    fleet.clock.advance(7000);
    await fleet.look();
    expect(fleet.texts()).toHaveLength(2);
    expect(fleet.texts()[1]).toContain('It goes on: 4 times on web1');
    expect(fleet.texts()[1]).toContain('held since the last page: 3, nothing new');
    fleet.clock.advance(10 * MINUTE + 7000);
    await fleet.look();
    expect(fleet.texts()).toHaveLength(3);
    expect(fleet.texts()[2]).toContain('It is over: fire, 4 times on web1');
    await fleet.look();
    expect(fleet.texts()).toHaveLength(3);
  });

  it('lets through at once what is new in it, from whatever node', async () => {
    const fleet = await stormy();
    await fleet.hits(0, ['fire']);
    await fleet.hits(1, ['fire']);
    await fleet.hits(2, ['flood']);
    expect(fleet.texts()).toHaveLength(2);
    expect(fleet.texts()[1]).toContain('new in this\nstorm: flood');
    expect(fleet.place.sealings.at(-1)?.contributions).toHaveLength(2);
  });

  it('of one hit ends without a note', async () => {
    const fleet = await stormy();
    await fleet.hits(0, ['fire']);
    fleet.clock.advance(11 * MINUTE);
    await fleet.look();
    expect(fleet.texts()).toHaveLength(1);
    expect(fleet.place.sealings.at(-1)).toMatchObject({ sealed: null, storm: { told: 0 } });
    await fleet.hits(1, ['fire']);
    expect(fleet.texts()).toHaveLength(2);
  });

  it('is mailed when a signal asks, goes on, and counts that as mailed', async () => {
    const fleet = await stormy();
    await fleet.hits(0, ['fire']);
    await fleet.hits(1, ['fire'], 'flushing');
    expect(fleet.texts()).toHaveLength(2);
    expect(fleet.place.sealings.at(-1)?.storm).toMatchObject({ told: 1, followed: 1 });
  });

  it('is looked at no more than it must be while it holds', async () => {
    const fleet = await stormy();
    await fleet.hits(0, ['fire']);
    await fleet.hits(1, ['fire']);
    let leases = 0;
    const { lease } = fleet.place;
    fleet.place.lease = (...given) => {
      leases += 1;
      return lease.apply(fleet.place, given);
    };
    for (let turn = 0; turn < 20; turn++) await fleet.look();
    expect(leases).toBe(0);
  });
});
