import { ComposedText } from '../base/text/composed-text.js';
import type { Config } from '../config/config.js';
import { mailedQueues } from '../config/sections.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import { type Tally, UNPREFIXED_HOST } from '../queue/tally.js';
import { MessageMasker } from '../rule/automask/message-masker.js';
import type { QueueMessage } from '../rule/verdict.js';

/** Counts lines without a prefix for the queue noprefix, where the config has it. */
export class UnprefixedLines {
  readonly #tally: Tally;
  readonly #isKept: boolean;
  /** Letters as Tenshi's do not name files. */
  readonly #namesFiles: boolean;
  readonly #messageOf: (line: string) => QueueMessage;

  /** `valued`: the queues that record values. */
  constructor(config: Config, tally: Tally, valued: ReadonlySet<string>) {
    this.#tally = tally;
    this.#isKept = mailedQueues(config).includes('noprefix');
    this.#namesFiles = config.letter.value !== 'plain';
    this.#messageOf = messageMaker(config, valued);
  }

  /** `path`: of the log of the line; null: it is of none. False: such lines are not kept. */
  take(line: string, path: string | null): boolean {
    if (!this.#isKept) return false;
    const host = path === null || !this.#namesFiles ? UNPREFIXED_HOST : `${UNPREFIXED_HOST} ${path}`;
    const { message, masked } = this.#messageOf(line);
    this.#tally.count('noprefix', host, message, 1, 'add', null, masked);
    return true;
  }
}

/** Lines as they are, or with masks where `set automask noprefix` wants them. */
function messageMaker(
  { automasks, mask }: Config,
  valued: ReadonlySet<string>,
): (line: string) => QueueMessage {
  const automask = automasks.find(({ queue }) => queue === 'noprefix');
  if (!automask) {
    const message = new ComposedText();
    return (line) => ({ message: message.set(line), masked: undefined });
  }
  const masker = new MessageMasker(automask.kinds, mask.value, valued.has('noprefix'));
  const view = new Excerpt();
  return (text) => masker.mask(excerptOf({ host: '', time: null, text }, view));
}
