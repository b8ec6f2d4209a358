import type { Config } from '../../src/config/config.js';
import { fleetLetters } from '../../src/daemon/fleet-letters.js';
import { Editor, type EditorOptions } from '../../src/fleet/editor.js';
import type { MeetingPlace } from '../../src/fleet/meeting-place.js';
import type { Letter } from '../../src/letter/letter.js';
import type { PublishEvent } from '../../src/publish/event.js';
import { Publisher } from '../../src/publish/publisher.js';
import { HeldQueues } from '../../src/store/held-queues.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { CountingNode, configOf } from './counting-node.js';
import { MemoryPlace } from './memory-place.js';

export const START = Date.UTC(2026, 10, 20, 10, 0, 0);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** An editor on a node, and what it tells. */
export interface EditingNode {
  readonly node: CountingNode;
  readonly editor: Editor;
  readonly events: PublishEvent[];
  /** The letters that were told as made. */
  letters(): Letter[];
}

/** Nodes a, b, c and so on that meet in memory, under one clock. */
export class FleetUnderTest {
  readonly clock: HeldClock;
  readonly config: Config;
  readonly place: MemoryPlace;
  readonly nodes: readonly CountingNode[];

  constructor(conf: string, nodes = 3, clock = heldClock(START)) {
    this.clock = clock;
    this.config = configOf(conf);
    this.place = new MemoryPlace(() => this.clock.now());
    const names = Array.from({ length: nodes }, (_, at) => String.fromCharCode(97 + at));
    this.nodes = names.map((name) => new CountingNode(name, this.config, this.clock.now()));
  }

  node(at: number): CountingNode {
    const node = this.nodes[at];
    if (!node) throw new Error(`there is no node ${at}`);
    return node;
  }

  /** All nodes, or these, say that they live. */
  async contact(nodes: readonly CountingNode[] = this.nodes): Promise<void> {
    for (const node of nodes) await node.contact(this.place, this.clock.now());
  }

  /** The editor of a node. */
  editor(at = 0, more: Partial<EditorOptions> = {}, place: MeetingPlace = this.place): EditingNode {
    const node = this.node(at);
    const events: PublishEvent[] = [];
    const onEvent = (event: PublishEvent): void => void events.push(event);
    const held = new HeldQueues(node.store);
    const shared = { config: this.config, clock: this.clock, held, onEvent };
    const editor = new Editor({
      ...shared,
      place,
      node: node.id,
      series: node.series,
      wait: 2 * MINUTE,
      holdFor: MINUTE,
      makeLetter: fleetLetters({ ...shared, origin: 'host', version: '1' }),
      storms: () => new Map(),
      ...more,
    });
    return { node, editor, events, letters: () => lettersOf(events) };
  }
}

/** One node alone, and what its publisher makes. */
export class NodeAlone {
  readonly node: CountingNode;
  readonly #publisher: Publisher;
  readonly #events: PublishEvent[] = [];

  constructor(config: Config, clock: HeldClock) {
    this.node = new CountingNode('alone', config, clock.now());
    const { store } = this.node;
    this.#publisher = new Publisher({
      ...{ config, store, clock, origin: 'host', version: '1', held: new HeldQueues(store) },
      onEvent: (event) => void this.#events.push(event),
      onSealed: () => {},
    });
  }

  /** Makes the letters of what is closed. */
  async make(): Promise<Letter[]> {
    this.#events.splice(0);
    await this.#publisher.round();
    return lettersOf(this.#events);
  }
}

function lettersOf(events: readonly PublishEvent[]): Letter[] {
  return events.flatMap((event) => (event.kind === 'sealed' ? [event.letter] : []));
}
