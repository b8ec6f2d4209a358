/** Begins a text that is stored as JSON. Texts of logs hold it as rarely as any other control character. */
const AS_JSON = '\u0001';

/** Characters that PostgreSQL (NUL) or UTF-8 (half a pair of surrogates) cannot store. */
const UNSTORABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Makes of a text what a column of the type `text` keeps as it is. Different texts stay different. */
export function storable(text: string): string {
  return text.startsWith(AS_JSON) || UNSTORABLE.test(text) ? AS_JSON + JSON.stringify(text) : text;
}

/** Undoes `storable`. */
export function readable(stored: string): string {
  return stored.startsWith(AS_JSON) ? String(JSON.parse(stored.slice(AS_JSON.length))) : stored;
}
