import type { TextView } from '../pattern.js';
import { DfaStates, type Followed } from './dfa-states.js';
import type { NfaDetail } from './nfa.js';
import type { Outcome } from './outcome.js';
import type { SetMember } from './set-member.js';

/** Limits of the lazy DFA of a set. */
export interface SetLimits {
  /**
   * Cached states, at most 16,384; each costs half a kilobyte. If there are more, the cache is cleared. One text may make
   * at most twice as many.
   */
  readonly maxStates: number;
  /** If the cache serves fewer texts per state than this before it is cleared, regexes are followed in less detail. */
  readonly textsAState: number;
  /**
   * NFA states that may be followed to make DFA states for one text, about 75 ns each. For a text that takes more, the
   * patterns themselves are tried; from then on regexes are followed in less detail.
   */
  readonly maxWork: number;
}

export const SET_LIMITS: SetLimits = { maxStates: 16_384, textsAState: 20, maxWork: 200_000 };

/** The members that a DFA follows. */
export interface FollowedMembers {
  /** Members that match at the start of a text only. */
  readonly anchored: readonly Followed[];
  /** Members for which it only searches a literal, anywhere. */
  readonly floating: readonly Followed[];
}

/**
 * Runs many regexes on a text at once, with one table look-up per character. Its states are made when a text first needs
 * them, as in RE2 (Cox, 2010).
 */
export class LazyDfa {
  readonly #members: readonly SetMember[];
  readonly #followed: FollowedMembers;
  readonly #limits: SetLimits;
  #states: DfaStates;
  #detail: NfaDetail = 'whole';
  /** Texts read since the cache was cleared. */
  #texts = 0;
  /** Since the cache was cleared, a text exceeded the limit of states or of work. */
  #wasTooMuch = false;

  constructor(members: readonly SetMember[], followed: FollowedMembers, limits: SetLimits = SET_LIMITS) {
    this.#members = members;
    this.#followed = followed;
    this.#limits = limits;
    this.#states = this.#makeStates();
  }

  /** Whether it searches the floating literals; it stops doing so if they take too many states. */
  get floats(): boolean {
    return this.#detail === 'whole';
  }

  /** The outcome of a text; null if this text alone exceeds the limit of states or of work. */
  read(view: TextView): Outcome | null {
    const { maxStates, maxWork } = this.#limits;
    if (this.#states.count > maxStates || (this.#wasTooMuch && this.floats)) this.#clearCache();
    this.#texts += 1;
    const outcome = this.#states.read(view, 2 * maxStates, maxWork);
    if (!outcome) this.#wasTooMuch = true;
    return outcome;
  }

  #clearCache(): void {
    const { maxStates, textsAState } = this.#limits;
    if (this.#wasTooMuch || this.#texts < maxStates * textsAState) this.#detail = 'heads';
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
