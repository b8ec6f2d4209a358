import type { Fields } from './fields.js';

/** Fields of one line, and how deep objects in objects are looked into: what is more is left out or stays JSON. */
const MAX_FIELDS = 100;
const MAX_DEPTH = 5;

/** The fields of a line that is a JSON object; those of objects in it have names like `host.name`. null: it is none. */
export function readJson(text: string): Fields | null {
  if (!/^\s*\{/.test(text)) return null;
  const value = parse(text);
  if (!isObject(value)) return null;
  const fields = new Map<string, string>();
  addFields(fields, '', value, 1);
  return fields;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function addFields(fields: Map<string, string>, before: string, object: object, depth: number): void {
  for (const [key, value] of Object.entries(object)) {
    if (fields.size >= MAX_FIELDS) return;
    const name = before + key;
    if (isObject(value) && depth < MAX_DEPTH) addFields(fields, `${name}.`, value, depth + 1);
    else if (value !== null) fields.set(name, textOf(value));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return '[too deep]'; // thousands of lists in lists
  }
}
