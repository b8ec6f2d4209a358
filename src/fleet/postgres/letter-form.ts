import type { LetterPost, SealedLetter, Standby } from '../../letter/letter.js';
import {
  type Field,
  json,
  list,
  mapOf,
  object,
  optional,
  orNull,
  text,
  time,
  whole,
} from '../../store/sqlite/decode.js';

/** A letter without its bytes: `size` of them lie beside it, behind those of the letter that it stands by for. */
interface StoredLetter extends Omit<SealedLetter, 'mime' | 'posts' | 'standby'> {
  readonly size: number;
  readonly posts?: ReadonlyMap<string, LetterPost> | undefined;
  readonly standby?: { readonly due: number; readonly letter: StoredLetter } | undefined;
}

const post = object({ type: text, title: orNull(text), body: text });

const BASE = {
  ...{ queue: text, subject: text, messageId: text, from: text, to: list(text), sealed: time, size: whole },
  posts: optional(mapOf(post)),
};

/** One letter, and one that stands by for it, which has none itself. */
const storedLetter: Field<StoredLetter> = object({
  ...BASE,
  standby: optional(object({ due: time, letter: object(BASE) })),
});

/** The column `letter.content`. */
export const letterContent: Field<StoredLetter> = json(storedLetter);

/** A letter as JSON, and the bytes that lie beside it. */
export function storeLetter(letter: SealedLetter): { readonly content: string; readonly mime: Buffer } {
  const { standby } = letter;
  return {
    content: JSON.stringify({
      ...withoutBytes(letter),
      ...(standby ? { standby: { due: standby.due, letter: withoutBytes(standby.letter) } } : {}),
    }),
    mime: standby ? Buffer.concat([letter.mime, standby.letter.mime]) : letter.mime,
  };
}

function withoutBytes({ mime, posts, standby: _, ...rest }: SealedLetter): Record<string, unknown> {
  return { ...rest, size: mime.length, ...(posts ? { posts: Object.fromEntries(posts) } : {}) };
}

/** The letter again, with those of its recipients that have not got it. */
export function restoreLetter(
  { standby, ...stored }: StoredLetter,
  mime: Buffer,
  {
    recipients,
    second: others,
  }: { readonly recipients: readonly string[]; readonly second: readonly string[] },
): SealedLetter {
  const { posts, ...letter } = withBytes(stored, mime.subarray(0, stored.size));
  const left = posts && new Map([...posts].filter(([address]) => recipients.includes(address)));
  const second: Standby | undefined = standby && {
    due: standby.due,
    letter: { ...withBytes(standby.letter, mime.subarray(stored.size)), to: others },
  };
  return {
    ...letter,
    to: recipients,
    ...(left ? { posts: left } : {}),
    ...(second ? { standby: second } : {}),
  };
}

function withBytes({ size: _, posts, standby: __, ...rest }: StoredLetter, mime: Buffer): SealedLetter {
  return { ...rest, mime, ...(posts ? { posts } : {}) };
}
