import type { Config } from '../config/config.js';
import { Excerpt, excerptOf } from '../line/excerpt.js';
import { MessageMasker } from '../rule/automask/message-masker.js';
import type { QueueMessage } from '../rule/verdict.js';

/**
 * Makes the messages of the queue noprefix: lines as they are, or with masks where `set automask noprefix` wants them.
 * `valued`: the queues that record values.
 */
export function unprefixedMessages(
  { automasks, mask }: Config,
  valued: ReadonlySet<string>,
): (line: string) => QueueMessage {
  const automask = automasks.find(({ queue }) => queue === 'noprefix');
  if (!automask) return (message) => ({ message, masked: undefined });
  const masker = new MessageMasker(automask.kinds, mask.value, valued.has('noprefix'));
  const view = new Excerpt();
  return (text) => masker.mask(excerptOf({ host: '', time: null, text }, view));
}
