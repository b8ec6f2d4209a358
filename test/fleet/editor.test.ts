import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Away, type LetterContent, type MeetingPlace } from '../../src/fleet/meeting-place.js';
import { ledgerHash, wholeId } from '../../src/letter/entry-id.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { type EditingNode, FleetUnderTest, HOUR, MINUTE } from './fleet-under-test.js';

const REPORT = 'set queue report f@x.org t@x.org [0 * * * *] Report\nreport .\n';
const PAGE = 'set queue page f@x.org t@x.org [now] Page\npage .\n';

/** Lines of a host at the time of the clock. */
function lines(fleet: FleetUnderTest, ...texts: string[]): string[] {
  const stamp = new Date(fleet.clock.now())
    .toUTCString()
    .replace(/^\w+, (\d+) (\w+) \d+ (\S+) .*/, '$2 $1 $3');
  return texts.map((text) => `${stamp} web1 ${text}`);
}

/** A node counts this, closes its queues and hands in. */
async function counts(fleet: FleetUnderTest, at: number, ...texts: string[]): Promise<void> {
  const node = fleet.node(at);
  node.read(fleet.clock.now(), lines(fleet, ...texts));
  node.close(fleet.clock.now());
  await node.handIn(fleet.place, fleet.clock.now());
}

/** All rounds until nothing is left to do now. */
async function rounds({ editor }: EditingNode, most = 5): Promise<void> {
  for (let round = 0; round < most; round++) await editor.round();
}

function textsOf(node: EditingNode): string[] {
  return node.letters().map(renderText);
}

/** A meeting place of which some methods are others. */
function placeWith(fleet: FleetUnderTest, other: Partial<MeetingPlace>): MeetingPlace {
  return new Proxy<MeetingPlace>(fleet.place, {
    get(place, name) {
      const found: unknown = Reflect.get(other, name) ?? Reflect.get(place, name);
      return typeof found === 'function' ? found.bind(place) : found;
    },
  });
}

function away(): Promise<never> {
  return Promise.reject(new Away('no connection', { forGood: false }));
}

describe('a letter on a schedule', () => {
  it('waits for nodes that have not reported, then goes and names them; what they had comes late in the next one', async () => {
    const fleet = new FleetUnderTest(REPORT);
    await fleet.contact();
    const editing = fleet.editor();
    fleet.clock.advance(HOUR);
    await fleet.contact(fleet.nodes.slice(0, 2));
    await counts(fleet, 0, 'x', 'y');
    await counts(fleet, 1, 'x');
    expect(await editing.editor.round()).toEqual({ worked: true });
    expect(editing.letters()).toEqual([]);
    fleet.clock.advance(2 * MINUTE);
    await editing.editor.round();
    expect(textsOf(editing)).toHaveLength(1);
    expect(editing.letters()[0]?.notes).toContain(
      'counted on 2 of 3 nodes; not reported in time: c (last heard of Nov 20 10:00); what they counted comes in a later letter',
    );
    expect(textsOf(editing)[0]).toContain('1 of 3 nodes has not reported in time, and is missing here.\n');
    const c = fleet.node(2);
    c.read(fleet.clock.now(), lines(fleet, 'x', 'z', 'z'));
    c.close(fleet.clock.now());
    await c.handIn(fleet.place, Math.floor(fleet.clock.now() / HOUR) * HOUR);
    expect(await editing.editor.round()).toEqual({ worked: false });
    fleet.clock.advance(58 * MINUTE);
    await fleet.contact();
    for (const at of [0, 1, 2]) await counts(fleet, at, 'x');
    await rounds(editing);
    const [, second] = editing.letters();
    expect(second?.notes).toContain('late, from c: 3 lines due Nov 20 11:00');
    expect(renderText(second ?? fail())).toContain('4: x');
    expect(renderText(second ?? fail())).toContain('[2x] z');
  });

  it('calls nothing missing, and says of nothing that it is gone, when it is not of all nodes', async () => {
    const fleet = new FleetUnderTest(REPORT, 2);
    await fleet.contact();
    let differing: LetterContent['differing'] = [];
    const content: MeetingPlace['content'] = async (...asked) => ({
      ...(await fleet.place.content(...asked)),
      differing,
    });
    const editing = fleet.editor(0, {}, placeWith(fleet, { content }));
    const letter = async (...texts: string[]): Promise<string> => {
      fleet.clock.advance(HOUR);
      await fleet.contact();
      for (const at of [0, 1]) await counts(fleet, at, ...texts);
      await rounds(editing);
      return textsOf(editing).at(-1) ?? '';
    };
    for (let hour = 0; hour < 6; hour++) await letter('x', 'y');
    expect(await letter('x', 'y')).toMatch(/^Nothing new since .*, nothing missing\.\n/);
    differing = [{ queue: 'report', nodes: ['c'], definition: 'at midnight' }];
    expect(await letter('x')).toMatch(/^Nothing new since [^,\n]*\.\n/);
    await letter('x', 'y');
    differing = [];
    await letter('x', 'y');
    expect(await letter('x')).toMatch(/^1 gone; else as usual\.\n/);
  });

  it('is made once, by whichever of two editors comes first', async () => {
    const fleet = new FleetUnderTest(REPORT);
    await fleet.contact();
    fleet.clock.advance(HOUR);
    for (const at of [0, 1, 2]) await counts(fleet, at, 'x');
    const editors = [0, 1, 2].map((at) => fleet.editor(at));
    await Promise.all(editors.map(({ editor }) => editor.round()));
    await Promise.all(editors.map(({ editor }) => editor.round()));
    expect(editors.flatMap((one) => one.letters())).toHaveLength(1);
    expect(fleet.place.sealings).toHaveLength(1);
  });

  it('comes even when nothing did, if the config says so, and names the nodes that watched', async () => {
    const fleet = new FleetUnderTest(`${REPORT}set empty report on\n`, 2);
    await fleet.contact();
    fleet.clock.advance(HOUR);
    for (const at of [0, 1]) await counts(fleet, at);
    const editing = fleet.editor();
    await rounds(editing);
    expect(textsOf(editing).join()).toContain('followed: node a, node b');
    expect(fleet.place.sealings).toHaveLength(1);
  });

  it('without a line is none, and is not asked for again', async () => {
    const fleet = new FleetUnderTest(REPORT);
    await fleet.contact();
    fleet.clock.advance(HOUR);
    for (const at of [0, 1, 2]) await counts(fleet, at);
    const editing = fleet.editor();
    await rounds(editing);
    expect(editing.letters()).toEqual([]);
    expect(await editing.editor.round()).toEqual({ worked: false });
  });
});

describe('a letter that is not sealed', () => {
  it('since another node has become the editor meanwhile, leaves all as it was and is not told', async () => {
    const fleet = new FleetUnderTest(PAGE);
    await fleet.contact();
    await counts(fleet, 1, 'x');
    const slow = fleet.editor(
      0,
      {},
      placeWith(fleet, {
        async *blocks(contribution, part) {
          fleet.clock.jump(2 * MINUTE);
          await fleet.place.lease(fleet.node(1).series[0]?.id ?? '', fleet.node(1).id, MINUTE);
          yield* fleet.place.blocks(contribution, part);
        },
      }),
    );
    await slow.editor.round();
    expect(slow.events).toEqual([]);
    expect(fleet.place.sealings).toEqual([]);
    const other = fleet.editor(1);
    await rounds(other);
    expect(other.letters()).toHaveLength(1);
  });

  it.each(['content', 'blocks', 'ledger', 'snoozes', 'seal'] as const)(
    'since the meeting place is away at its %s, is not told, and is made later',
    async (name) => {
      const fleet = new FleetUnderTest(`set letter full\n${PAGE}`);
      await fleet.contact();
      await counts(fleet, 1, 'x');
      const gone = { [name]: name === 'blocks' || name === 'ledger' ? nothing : away };
      const unlucky = fleet.editor(0, {}, placeWith(fleet, gone));
      await expect(unlucky.editor.round()).rejects.toThrow(Away);
      expect(unlucky.events).toEqual([]);
      const lucky = fleet.editor(0);
      await lucky.editor.round();
      expect(lucky.letters()).toHaveLength(1);
    },
  );

  it('since its filter fails, is told once, backs off here, and another node makes it', async () => {
    const gate = join(temporaryFolder(), 'open');
    const filter = script(`test -e ${gate} || { echo no gate >&2; exit 7; }; cat`);
    const fleet = new FleetUnderTest(`${PAGE}set filter page ${filter}\n`, 2);
    await fleet.contact();
    await counts(fleet, 1, 'x');
    const first = fleet.editor(0);
    await rounds(first);
    expect(first.events).toEqual([
      { kind: 'unsealed', queue: 'page', reason: `the filter ${filter} ended with status 7: no gate` },
    ]);
    expect(fleet.node(0).store.meta().held).toHaveLength(1);
    writeFileSync(gate, '');
    const second = fleet.editor(1);
    await second.editor.round();
    expect(second.letters()).toHaveLength(1);
  });

  it('since a node has handed in what cannot be read, is told, and the letters of other queues go', async () => {
    const fleet = new FleetUnderTest(`set queue other f@x.org t@x.org [now] Other\nother ^o\n${PAGE}`, 2);
    await fleet.contact();
    await counts(fleet, 1, 'x', 'o');
    const damaged = placeWith(fleet, {
      async *blocks(contribution, part) {
        for await (const block of fleet.place.blocks(contribution, part))
          yield contribution === 1 ? block.subarray(0, 20) : block;
      },
    });
    const editing = fleet.editor(0, {}, damaged);
    await rounds(editing);
    expect(editing.events.map(({ kind }) => kind).sort()).toEqual(['sealed', 'unsealed']);
  });
});

describe('the lease', () => {
  it('is renewed while a slow filter runs, so that nobody else begins', async () => {
    const began = join(temporaryFolder(), 'began');
    const end = join(temporaryFolder(), 'end');
    const filter = script(`cat; touch ${began}; while ! test -e ${end}; do sleep 0.05; done`);
    const fleet = new FleetUnderTest(`${PAGE}set filter page ${filter}\n`, 2);
    await fleet.contact();
    await counts(fleet, 1, 'x');
    const first = fleet.editor(0);
    const working = first.editor.round();
    await until(() => existsSync(began));
    for (let step = 0; step < 5; step++) {
      fleet.clock.advance(11_000);
      await Promise.resolve();
    }
    const second = fleet.editor(1);
    await second.editor.round();
    fleet.clock.advance(4000);
    await second.editor.round();
    writeFileSync(end, '');
    await working;
    await until(() => first.letters().length > 0);
    expect(second.letters()).toEqual([]);
    expect(fleet.place.sealings).toHaveLength(1);
  });

  it('is given back when the node ends, with the letter unmade', async () => {
    const began = join(temporaryFolder(), 'began');
    const filter = script(`touch ${began}; exec sleep 1000`);
    const fleet = new FleetUnderTest(`${PAGE}set filter page ${filter}\n`, 2);
    await fleet.contact();
    await counts(fleet, 1, 'x');
    const first = fleet.editor(0);
    const working = first.editor.round();
    await until(() => existsSync(began));
    await first.editor.stop();
    await working;
    expect(first.events).toEqual([]);
    expect(await fleet.place.lease(fleet.node(1).series[0]?.id ?? '', fleet.node(1).id, 1)).not.toBeNull();
  });
});

describe('a page', () => {
  it('goes at once, of all that waits, without a note about its nodes', async () => {
    const fleet = new FleetUnderTest(`set letter full\n${PAGE}`);
    await fleet.contact();
    await counts(fleet, 0, 'x');
    await counts(fleet, 2, 'x', 'y');
    const editing = fleet.editor(1);
    await editing.editor.round();
    expect(editing.letters()).toHaveLength(1);
    expect(editing.letters()[0]?.notes.filter((note) => note.includes('node'))).toEqual([]);
  });

  it('that a signal asked for says of which nodes it is', async () => {
    const fleet = new FleetUnderTest(REPORT);
    await fleet.contact();
    const node = fleet.node(1);
    node.read(fleet.clock.now(), lines(fleet, 'x'));
    node.close(fleet.clock.now(), 'all', 'flushing');
    await node.handIn(fleet.place, null);
    const editing = fleet.editor(0);
    await editing.editor.round();
    expect(editing.letters().map(({ status, notes }) => [status, notes[0]])).toEqual([
      ['flushing', 'counted on b alone'],
    ]);
  });

  it('asks for the history of its messages alone, and knows what is new', async () => {
    const fleet = new FleetUnderTest(`set letter full\n${PAGE}`);
    await fleet.contact();
    const editing = fleet.editor(0);
    await counts(fleet, 0, 'x');
    await editing.editor.round();
    const asked: unknown[] = [];
    const place = placeWith(fleet, {
      ledger(queue, hashes) {
        asked.push(hashes);
        return fleet.place.ledger(queue, hashes);
      },
    });
    const second = fleet.editor(0, {}, place);
    await counts(fleet, 1, 'x', 'y');
    await second.editor.round();
    await counts(fleet, 1, 'z');
    await second.editor.round();
    expect(asked).toEqual([['x', 'y'].map(ledgerHash), ['z'].map(ledgerHash), undefined]);
    const news = [editing, second].flatMap((one) =>
      one.letters().map(({ parts }) => [parts?.isFirst, parts?.news.map(({ message }) => message)]),
    );
    expect(news).toEqual([
      [true, []],
      [false, ['y']],
      [false, ['z']],
    ]);
  });
});

describe('snoozes of the fleet', () => {
  it('leave out lines of all nodes, count them, and end when a letter has told it', async () => {
    const fleet = new FleetUnderTest(REPORT, 2);
    await fleet.contact();
    const snooze = {
      id: wholeId('report', ledgerHash('x')),
      ...{ queue: 'report', message: 'x', host: '', reason: 'known', began: fleet.clock.now() },
      ...{
        until: fleet.clock.now() + 90 * MINUTE,
        usual: 1,
        held: 2,
        day: 0,
        before: 0,
        ended: null,
        why: null,
      },
    };
    await fleet.place.keepSnoozes([snooze], []);
    const editing = fleet.editor();
    fleet.clock.advance(HOUR);
    for (const at of [0, 1]) await counts(fleet, at, 'x', 'y');
    await rounds(editing);
    expect(textsOf(editing)[0]).toContain('2: y');
    expect(textsOf(editing)[0]).not.toContain('2: x');
    expect((await fleet.place.snoozes()).map(({ held }) => held)).toEqual([4]);
    fleet.clock.advance(HOUR);
    for (const at of [0, 1]) await counts(fleet, at, 'x', 'y');
    await rounds(editing);
    expect(textsOf(editing)[1]).toContain('2: x');
    expect(await fleet.place.snoozes()).toEqual([]);
  });

  it('that somebody ended while the letter was made stay ended', async () => {
    const fleet = new FleetUnderTest(REPORT, 2);
    await fleet.contact();
    const snooze = {
      id: wholeId('report', ledgerHash('x')),
      ...{ queue: 'report', message: 'x', host: '', reason: 'known', began: fleet.clock.now() },
      ...{
        until: fleet.clock.now() + 90 * MINUTE,
        usual: 1,
        held: 0,
        day: 0,
        before: 0,
        ended: null,
        why: null,
      },
    };
    await fleet.place.keepSnoozes([snooze], []);
    let asked = 0;
    const place = placeWith(fleet, {
      async snoozes() {
        const before = await fleet.place.snoozes();
        if (++asked === 1)
          await fleet.place.keepSnoozes([{ ...snooze, ended: fleet.clock.now(), why: 'hand' }], []);
        return before;
      },
    });
    fleet.clock.advance(HOUR);
    for (const at of [0, 1]) await counts(fleet, at, 'x', 'y');
    await rounds(fleet.editor(0, {}, place));
    expect((await fleet.place.snoozes()).map(({ held, why }) => [held, why])).toEqual([[2, 'hand']]);
  });
});

async function* nothing(): AsyncGenerator<never> {
  yield await away();
}

function script(text: string): string {
  const path = join(temporaryFolder(), 'program');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function fail(): never {
  throw new Error('there is no letter');
}
