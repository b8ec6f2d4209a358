import type { FleetHit, GateAnswers, NodeId } from '../../src/fleet/meeting-place.js';
import { answerHit, type GateAnswer } from '../../src/queue/timed/fleet-gate.js';
import { TimedKeys } from '../../src/queue/timed/timed-keys.js';

/** Windows and throttles of a fleet in memory. */
export class MemoryGates {
  readonly #now: () => number;
  readonly #keys = new TimedKeys();
  readonly #answers = new Map<string, GateAnswer>();

  constructor(now: () => number) {
    this.#now = now;
  }

  gate({ state }: NodeId, hits: readonly FleetHit[]): GateAnswers {
    const answers = new Map<number, GateAnswer>();
    for (const { id, question } of hits) {
      const name = `${state} ${id}`;
      const answer = this.#answers.get(name) ?? answerHit(question, this.#keys, this.#now());
      this.#answers.set(name, answer);
      answers.set(id, answer);
    }
    return { answers, forgotten: 0 };
  }
}
