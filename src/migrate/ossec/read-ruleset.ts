import { isAbsolute, join } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { ForeignPlace, MigrationDraft } from '../migration.js';
import { kindOfPath, listForeignFolder } from '../read-foreign-file.js';
import { readXml, textsOf, type XmlElement } from './read-xml.js';

/** A rule, with the groups of the element around it. */
export interface OssecRule {
  readonly id: string;
  readonly level: number;
  readonly element: XmlElement;
  readonly groups: readonly string[];
  readonly place: ForeignPlace;
}

export interface OssecDecoder {
  readonly name: string;
  readonly parent: string | null;
  /** `syslog`, `web-log` and the like. */
  readonly type: string;
  readonly element: XmlElement;
  readonly place: ForeignPlace;
}

/** All that was read, in order. */
export interface Ruleset {
  readonly rules: readonly OssecRule[];
  readonly decoders: readonly OssecDecoder[];
  /** The children of `<ossec_config>`. */
  readonly settings: readonly XmlElement[];
}

/** Files that are read; OSSEC has some 90. */
const MAX_FILES = 2_000;

/** Reads `ossec.conf`, and the decoders and rules that it names; or one file of these. */
export function readRuleset(path: string, draft: MigrationDraft): Ruleset {
  const reader = new RulesetReader(draft);
  if (kindOfPath(path) === 'file') reader.readFile(path);
  else reader.readFolder(path);
  return reader.end();
}

class RulesetReader {
  readonly #draft: MigrationDraft;
  readonly #rules = new Map<string, OssecRule>();
  readonly #decoders: OssecDecoder[] = [];
  readonly #settings: XmlElement[] = [];
  readonly #variables = new Map<string, string>();
  readonly #read = new Set<string>();

  constructor(draft: MigrationDraft) {
    this.#draft = draft;
  }

  end(): Ruleset {
    return { rules: [...this.#rules.values()], decoders: this.#decoders, settings: this.#settings };
  }

  readFolder(folder: string): void {
    const conf = [join(folder, 'ossec.conf'), join(folder, 'etc/ossec.conf')].find(isFile);
    if (conf) this.readFile(conf);
    const named = this.#settings.filter(({ name }) => name === 'rules' || name === 'ruleset');
    const root = conf?.endsWith('/etc/ossec.conf') ? conf.slice(0, -'/etc/ossec.conf'.length) : folder;
    const decoders = [
      ...this.#named(named, 'decoder', root, ''),
      ...this.#folders(named, 'decoder_dir', root),
    ];
    const usual = ['etc/decoder.xml', 'decoder.xml', 'etc/local_decoder.xml', 'local_decoder.xml'].map(
      (name) => join(root, name),
    );
    for (const file of decoders.length > 0 ? decoders : usual) if (isFile(file)) this.readFile(file);
    const rules = [
      ...this.#named(named, 'include', root, 'rules'),
      ...this.#named(named, 'rule', root, ''),
      ...this.#folders(named, 'rule_dir', root),
    ];
    for (const file of rules) {
      if (isFile(file)) this.readFile(file);
      else this.#draft.unreadable(file, 'it is not there');
    }
    if (rules.length > 0) return;
    for (const at of [join(root, 'rules'), root])
      if (kindOfPath(at) === 'folder') for (const file of this.#filesIn(at)) this.readFile(file);
  }

  readFile(path: string): void {
    if (this.#read.has(path) || this.#read.size >= MAX_FILES) return;
    this.#read.add(path);
    for (const root of readXml(path, this.#draft) ?? []) this.#takeRoot(root);
  }

  #takeRoot(raw: XmlElement): void {
    if (raw.name === 'var') {
      this.#variables.set(raw.attributes.get('name') ?? '', raw.text.trim());
      return;
    }
    const root = this.#filled(raw);
    if (root.name === 'ossec_config') this.#settings.push(...root.children);
    else if (root.name === 'decoder') this.#takeDecoder(root);
    else if (root.name === 'group') for (const rule of root.children) this.#takeRule(rule, root);
    else if (root.name === 'rule') this.#takeRule(root, null);
    else
      this.#draft.remark(
        'lost',
        root.place,
        `<${root.name}>`,
        'it is no part of rules, decoders or ossec.conf',
      );
  }

  #takeDecoder(element: XmlElement): void {
    const name = element.attributes.get('name') ?? '';
    const [parent = null] = textsOf(element, 'parent');
    const [type] = textsOf(element, 'type');
    const above = this.#decoders.find((one) => one.name === parent);
    this.#decoders.push({
      name,
      parent,
      type: type ?? above?.type ?? 'syslog',
      element,
      place: element.place,
    });
  }

  #takeRule(element: XmlElement, around: XmlElement | null): void {
    if (element.name !== 'rule') {
      this.#draft.remark('lost', element.place, `<${element.name}>`, 'it is no rule');
      return;
    }
    const id = element.attributes.get('id') ?? '';
    const level = Number(element.attributes.get('level') ?? Number.NaN);
    const known = this.#rules.get(id);
    if (!/^\d{1,9}$/.test(id) || !Number.isInteger(level) || level < 0 || level > 16) {
      this.#draft.count(false);
      this.#draft.remark(
        'lost',
        element.place,
        `<rule id=${quote(id)}>`,
        'it has no number as its id, or no level from 0 to 16',
      );
      return;
    }
    if (known && element.attributes.get('overwrite') !== 'yes') {
      this.#draft.count(false);
      this.#draft.remark(
        'lost',
        element.place,
        `rule ${id}`,
        `line ${known.place.line} of ${known.place.file} has this id already`,
      );
      return;
    }
    const groups = [around?.attributes.get('name') ?? '', ...textsOf(element, 'group')]
      .flatMap((list) => list.split(','))
      .map((one) => one.trim())
      .filter((one) => one !== '');
    this.#rules.set(id, { id, level, element, groups, place: element.place });
  }

  /** Puts the values of `<var>` in place of `$NAME`. */
  #filled(element: XmlElement): XmlElement {
    const text = element.text.replaceAll(
      /\$([A-Z][A-Z0-9_]*)/g,
      (all, name: string) => this.#variables.get(name) ?? all,
    );
    return { ...element, text, children: element.children.map((child) => this.#filled(child)) };
  }

  #named(sections: readonly XmlElement[], name: string, root: string, folder: string): string[] {
    return sections
      .flatMap((section) => textsOf(section, name))
      .map((path) => (isAbsolute(path) ? path : join(root, folder, path)));
  }

  #folders(sections: readonly XmlElement[], name: string, root: string): string[] {
    return this.#named(sections, name, root, '').flatMap((folder) => this.#filesIn(folder));
  }

  #filesIn(folder: string): string[] {
    const listed = listForeignFolder(folder);
    if (!listed.ok) this.#draft.unreadable(folder, listed.reason);
    return listed.ok
      ? listed.names.filter((name) => name.endsWith('.xml')).map((name) => join(folder, name))
      : [];
  }
}

function isFile(path: string): boolean {
  return kindOfPath(path) === 'file';
}
