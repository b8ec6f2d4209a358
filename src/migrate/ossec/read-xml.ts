import type { ForeignPlace, MigrationDraft } from '../migration.js';
import { readForeignFile } from '../read-foreign-file.js';

/** An element, with its own text and its children. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  readonly children: readonly XmlElement[];
  readonly place: ForeignPlace;
}

/** Elements in elements; OSSEC has five. */
const MAX_DEPTH = 50;
/** Elements of a file; the largest of OSSEC has some 3,000. */
const MAX_ELEMENTS = 200_000;

/**
 * Reads a file of OSSEC, which has several roots, so that it is no XML. As OSSEC does: `\<` and a `<` that begins no tag
 * are text. null: it cannot be read, which is noted.
 */
export function readXml(path: string, draft: MigrationDraft): readonly XmlElement[] | null {
  const file = readForeignFile(path);
  if (!file.ok) {
    draft.unreadable(path, file.reason);
    return null;
  }
  return new XmlReader(path, file.lines.map(({ text }) => text).join('\n'), draft).read();
}

const TOKEN =
  /<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*(\/?)>/gs;

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  text: string;
  readonly children: XmlElement[];
  readonly place: ForeignPlace;
}

class XmlReader {
  readonly #path: string;
  readonly #source: string;
  readonly #draft: MigrationDraft;
  readonly #roots: XmlElement[] = [];
  readonly #open: OpenElement[] = [];
  #count = 0;
  #line = 1;
  #counted = 0;

  constructor(path: string, source: string, draft: MigrationDraft) {
    this.#path = path;
    this.#source = source;
    this.#draft = draft;
  }

  read(): readonly XmlElement[] {
    let at = 0;
    for (const found of this.#source.matchAll(TOKEN)) {
      // An escaped < is text, and so is all of such a tag.
      if (this.#source[found.index - 1] === '\\') continue;
      this.#text(this.#source.slice(at, found.index));
      at = found.index + found[0].length;
      if (!this.#tag(found)) break;
    }
    for (const { place, name } of this.#open)
      this.#draft.remark('changed', place, `<${name}>`, 'it is not closed; it is taken to end with the file');
    while (this.#open.length > 0) this.#close();
    return this.#roots;
  }

  #text(text: string): void {
    const last = this.#open.at(-1);
    if (last) last.text += decode(text);
  }

  /** false: no more is read. */
  #tag(found: RegExpExecArray): boolean {
    const [whole, slash, name, attributes = '', closed] = found;
    const place = this.#placeOf(found.index);
    if (name === undefined) {
      if (whole.startsWith('<![CDATA[')) this.#text(whole.slice(9).replace(/\]\]>$/, ''));
      return true;
    }
    if (slash === '/') {
      this.#end(name, place);
      return true;
    }
    if (++this.#count > MAX_ELEMENTS || this.#open.length >= MAX_DEPTH) {
      const why =
        this.#count > MAX_ELEMENTS
          ? `more than ${MAX_ELEMENTS} elements`
          : `elements nested more than ${MAX_DEPTH} deep`;
      this.#draft.remark('lost', place, `<${name}>`, `${why}; the rest of the file is not read`);
      return false;
    }
    this.#open.push({ name, attributes: attributesOf(attributes), text: '', children: [], place });
    if (closed === '/') this.#close();
    return true;
  }

  #end(name: string, place: ForeignPlace): void {
    if (!this.#open.some((one) => one.name === name)) {
      this.#draft.remark('changed', place, `</${name}>`, 'it ends nothing that has begun');
      return;
    }
    while (this.#open.at(-1)?.name !== name) {
      const inner = this.#open.at(-1);
      if (inner)
        this.#draft.remark('changed', inner.place, `<${inner.name}>`, `it is not closed before </${name}>`);
      this.#close();
    }
    this.#close();
  }

  #close(): void {
    const closed = this.#open.pop();
    if (closed) (this.#open.at(-1)?.children ?? this.#roots).push(closed);
  }

  #placeOf(index: number): ForeignPlace {
    for (; this.#counted < index; this.#counted++) if (this.#source[this.#counted] === '\n') this.#line++;
    return { file: this.#path, line: this.#line };
  }
}

function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(/([\w.-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g))
    found.set(name, decode(double ?? single ?? ''));
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replaceAll(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
}

/** The texts of the children of a name as one: blanks count, as OSSEC joins the parts of a regex. */
export function regexText({ children }: XmlElement, name: string): string {
  return children
    .filter((one) => one.name === name)
    .map(({ text }) => text)
    .join('');
}

/** The texts of the children of a name, in order, without blanks around them. */
export function textsOf({ children }: XmlElement, name: string): string[] {
  return children.filter((one) => one.name === name).map(({ text }) => text.trim());
}
