import { json, mapOf, object, orNull, text } from './decode.js';

const post = object({ type: text, title: orNull(text), body: text });

/** The column `recipient.post` (JSON). */
export const storedPost = json(post);

/** The column `past_letter.posts`: by URL (JSON). */
export const storedPosts = json(mapOf(post));
