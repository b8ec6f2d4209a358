import { isWebAddress, showRecipient } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import type { Letter, LetterPost, SealedLetter } from '../letter/letter.js';
import { type Seal, sealLetter } from '../letter/mime/seal-letter.js';
import { makePost } from '../letter/post/make-post.js';
import { wordsOf } from '../letter/words/words-of.js';
import { noteLine } from './pager-note.js';
import { templateFor } from './template-for.js';

/**
 * A letter as all of its recipients get it: as mail, as a post for each that is a URL, and once more for the second way of
 * its queue. All of it is fixed here.
 */
export async function sealWays(letter: Letter, seal: Seal, config: Config): Promise<SealedLetter> {
  const sealed = await sealWithPosts(letter, seal, config);
  const fallback = config.fallbacks.find(({ queue }) => queue === letter.queue);
  if (!fallback) return sealed;
  const second = secondLetter(letter, throughAliases(fallback.to, config.aliases));
  const body = seal.body == null ? null : `${seal.body}\n*** ${noteOn(letter)} ***\n`;
  const standby = await sealWithPosts(second, { ...seal, body, id: `${seal.id}.second` }, config);
  return { ...sealed, standby: { letter: standby, due: letter.made + fallback.time } };
}

async function sealWithPosts(letter: Letter, seal: Seal, config: Config): Promise<SealedLetter> {
  const sealed = await sealLetter(letter, seal);
  const posts = new Map<string, LetterPost>();
  for (const url of sealed.to.filter(isWebAddress)) {
    const template = templateFor(url, config);
    posts.set(
      url,
      await makePost(letter, { template, body: seal.body ?? null, messageId: sealed.messageId }),
    );
  }
  return posts.size === 0 ? sealed : { ...sealed, posts };
}

/** Says of itself in its subject and notes that it comes by the second way; a pager letter, which has no notes, in a line. */
function secondLetter(letter: Letter, to: readonly string[]): Letter {
  const { subject, notes, hosts, form, language } = letter;
  const note = noteOn(letter);
  return {
    ...letter,
    to,
    subject: wordsOf(language).subject.secondWay(subject),
    notes: [note, ...notes],
    hosts: form === 'pager' ? [noteLine(note), ...hosts] : hosts,
  };
}

function noteOn({ to, language }: Letter): string {
  return wordsOf(language).notes.secondWay([...new Set(to.map(showRecipient))]);
}
