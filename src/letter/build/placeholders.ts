/** The placeholders of a subject, written between `{{` and `}}`. */
export const PLACEHOLDERS = [
  'count',
  'messages',
  'hosts',
  'host',
  'new',
  'louder',
  'gone',
  'worst',
  'verdict',
  'queue',
] as const;

/** `{{name}}` in a subject. */
export const EACH = /\{\{(.*?)\}\}/g;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** The names between `{{` and `}}`, and their offsets in the subject (characters, from 0). */
export function placeholdersIn(subject: string): { readonly name: string; readonly offset: number }[] {
  return [...subject.matchAll(EACH)].map((match) => ({ name: (match[1] ?? '').trim(), offset: match.index }));
}

export function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.some((known) => known === name);
}
