import { Away, type MeetingPlace } from '../../src/fleet/meeting-place.js';

/** The methods of a meeting place that are one question and one answer. */
export type Step = Exclude<keyof MeetingPlace, 'close' | 'blocks' | 'ledger'>;

/** What a test makes of the way to a meeting place, and sees of it. */
export interface Watch {
  /** Every call fails with it; null: they work. */
  away: Away | null;
  /** Does what these methods are asked for, and the answer is lost, so many times each. */
  readonly losesAnswerOf: Map<Step, number>;
  /** Every question, in order. */
  readonly asked: Step[];
}

export type Watched<Place extends MeetingPlace = MeetingPlace> = Place & Watch;

/** The same meeting place, on a way that a test can cut. */
export function watched<Place extends MeetingPlace>(inner: Place): Watched<Place> {
  const watch: Watch = { away: null, losesAnswerOf: new Map(), asked: [] };
  return new Proxy(inner as Watched<Place>, {
    get(_, name) {
      if (name in watch) return Reflect.get(watch, name);
      const found: unknown = Reflect.get(inner, name, inner);
      if (typeof found !== 'function' || name === 'close') return found;
      const work = found.bind(inner);
      if (name === 'blocks' || name === 'ledger')
        return (...given: unknown[]) => pieces(watch, () => work(...given));
      return (...given: unknown[]) => answer(watch, name as Step, () => work(...given));
    },
    set: (_, name, value) => Reflect.set(name in watch ? watch : inner, name, value),
  });
}

async function* pieces<T>(watch: Watch, work: () => AsyncIterable<T>): AsyncGenerator<T> {
  if (watch.away) throw watch.away;
  yield* work();
}

async function answer<T>(watch: Watch, step: Step, work: () => Promise<T>): Promise<T> {
  watch.asked.push(step);
  if (watch.away) throw watch.away;
  const done = await work();
  const losses = watch.losesAnswerOf.get(step) ?? 0;
  if (losses === 0) return done;
  watch.losesAnswerOf.set(step, losses - 1);
  throw new Away('the connection was cut', { forGood: false });
}
