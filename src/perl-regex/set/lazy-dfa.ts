import type { TextView } from '../pattern.js';
import { DfaStates, type Followed } from './dfa-states.js';
import type { NfaDetail } from './nfa.js';
import type { Outcome } from './outcome.js';
import type { SetMember } from './set-member.js';

/** Limits of the automaton of a set. */
export interface SetLimits {
  /**
   * States kept, at most 16,384; each costs half a kilobyte. When there are more, all are forgotten and made anew as
   * needed. One text may make at most twice as many.
   */
  readonly mostStates: number;
  /** When states serve fewer texts each than this between two forgettings, regexes are followed in less detail. */
  readonly textsAState: number;
  /**
   * Steps of the graph that may be followed to make states for one text, each some 75 ns. A text that takes more is
   * left to the patterns themselves, which are followed in less detail from then on.
   */
  readonly mostWork: number;
}

export const SET_LIMITS: SetLimits = { mostStates: 16_384, textsAState: 20, mostWork: 200_000 };

/** The members that an automaton follows. */
export interface FollowedMembers {
  /** Those that match at the start of a text only. */
  readonly anchored: readonly Followed[];
  /** Those of which it looks for a literal only, wherever it stands. */
  readonly floating: readonly Followed[];
}

/**
 * Follows many regexes through a text at once, with one table look-up a character. Its states are made when a text
 * first needs them, as in RE2 (Cox, 2010).
 */
export class LazyDfa {
  readonly #members: readonly SetMember[];
  readonly #followed: FollowedMembers;
  readonly #limits: SetLimits;
  #states: DfaStates;
  #detail: NfaDetail = 'whole';
  /** Texts read with these states. */
  #texts = 0;
  /** Since the last forgetting, a text took more states, or more work, than one may. */
  #wasTooMuch = false;

  constructor(members: readonly SetMember[], followed: FollowedMembers, limits: SetLimits = SET_LIMITS) {
    this.#members = members;
    this.#followed = followed;
    this.#limits = limits;
    this.#states = this.#makeStates();
  }

  /** Whether it looks for the floating literals; it leaves them out when they would take too many states. */
  get floats(): boolean {
    return this.#detail === 'whole';
  }

  /** The outcome of a text; null when this text alone would take more states, or more work, than one may. */
  read(view: TextView): Outcome | null {
    const { mostStates, mostWork } = this.#limits;
    if (this.#states.count > mostStates || (this.#wasTooMuch && this.floats)) this.#forget();
    this.#texts += 1;
    const outcome = this.#states.read(view, 2 * mostStates, mostWork);
    if (!outcome) this.#wasTooMuch = true;
    return outcome;
  }

  #forget(): void {
    const { mostStates, textsAState } = this.#limits;
    if (this.#wasTooMuch || this.#texts < mostStates * textsAState) this.#detail = 'heads';
    this.#wasTooMuch = false;
    this.#texts = 0;
    this.#states = this.#makeStates();
  }

  #makeStates(): DfaStates {
    const { anchored, floating } = this.#followed;
    const followed = this.floats ? [...anchored, ...floating] : anchored;
    return new DfaStates(this.#members, followed, this.#detail);
  }
}
