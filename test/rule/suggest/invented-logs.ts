import { readdirSync, readFileSync } from 'node:fs';
import { createRandom } from '../../support/random.js';

/** A message, and the number of the template that it was made from. */
export interface Invented {
  readonly text: string;
  readonly event: number;
}

const FOLDER = new URL('./logs/', import.meta.url);

/** The styles of logs that are invented: each a file of weights and templates. */
export const STYLES = readdirSync(FOLDER)
  .map((file) => file.replace(/\.txt$/, ''))
  .sort();

const USERS = [
  'alice',
  'bob',
  'carol',
  'dave',
  'erin',
  'mallory',
  'oscar',
  'peggy',
  'trent',
  'victor',
  'walter',
];
const WORDS = [
  'alpha',
  'bravo',
  'carrot',
  'delta',
  'echo',
  'forest',
  'garden',
  'harbour',
  'island',
  'jungle',
  'lemon',
];
const CLASSES = [
  'org.example.batch.history.EventType',
  'org.example.batch.job.PartEventType',
  'org.example.batch.am.CommitEventType',
  'org.example.batch.am.EndOfJob',
  'org.example.batch.rm.Allocator',
  'org.example.batch.launcher.Launcher',
  'org.example.util.RackFinder',
  'org.example.batch.guess.Guess$EventType',
];
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const HEX = '0123456789abcdef';

type Random = ReturnType<typeof createRandom>;

class Filler {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  below(limit: number): number {
    return this.#random.below(limit);
  }

  fill(template: string): string {
    return template.replace(/\{([a-z]+)(\d*)\}/g, (_, name: string, count: string) =>
      this.#value(name, Number(count)),
    );
  }

  #value(name: string, count: number): string {
    const make = VALUES[name];
    if (make === undefined) throw new Error(`there is no {${name}}`);
    return make(this, count);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  text(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('');
  }

  number(digits: number): string {
    return `${1 + this.below(9)}${this.text(digits - 1, '0123456789')}`;
  }
}

const ip = (f: Filler): string => `${1 + f.below(223)}.${f.below(256)}.${f.below(256)}.${1 + f.below(254)}`;
const plainHost = (f: Filler): string =>
  `${f.pick(WORDS)}.${f.pick(WORDS)}.${f.pick(['com', 'net', 'org', 'jp'])}`;
const app = (f: Filler): string => `com.${f.pick(WORDS)}.${f.pick(['app', 'mobile', 'ui'])}`;
const size = (f: Filler): string => `${f.below(900)}.${f.below(10)} ${f.pick(['B', 'KB', 'MB', 'GB'])}`;

const VALUES: Readonly<Record<string, (f: Filler, count: number) => string>> = {
  digit: (f) => String(f.below(10)),
  number: (f) => f.number(1 + f.below(5)),
  second: (f) => f.text(2, '12345'),
  big: (f) => f.number(13),
  decimal: (f) => `${f.below(100)}.${f.number(1 + f.below(3))}`,
  signed: (f) => `${f.pick(['', '-'])}${f.number(1 + f.below(5))}`,
  hex: (f, count) => f.text(count, HEX),
  base: (f) => f.text(43, BASE64),
  uuid: (f) => [8, 4, 4, 4, 12].map((length) => f.text(length, HEX)).join('-'),
  ip,
  mac: (f) => Array.from({ length: 6 }, () => f.text(2, HEX)).join(':'),
  user: (f) => f.pick(USERS),
  word: (f) => f.pick(WORDS),
  letter: (f) => f.pick(['A', 'B', 'C']),
  axis: (f) => f.pick(['x+', 'x-', 'y+', 'y-', 'z+', 'z-']),
  class: (f) => f.pick(CLASSES),
  bool: (f) => f.pick(['true', 'false']),
  eth: (f) => `eth${f.below(4)}`,
  node: (f) => `${f.pick(WORDS)}-${f.below(90)}`,
  plainhost: plainHost,
  host: (f) => `${f.pick(WORDS)}${f.below(40)}.${plainHost(f)}`,
  mail: (f) => `${f.pick(USERS)}.${f.text(5, 'abcdefgh')}@${plainHost(f)}`,
  path: (f) => `/${Array.from({ length: 2 + f.below(4) }, () => f.pick(WORDS)).join('/')}${f.below(99)}`,
  size,
  bytes: (f) => (f.below(2) === 0 ? `${f.below(1024)} bytes` : `${f.number(6)} bytes (${size(f)})`),
  duration: (f) => f.pick(['<1 sec', `0${f.below(9)}:${f.text(2, '12345')}`, `${f.text(2, '12345')}:07`]),
  site: (f) => `${plainHost(f)}:${f.pick(['80', '443', '5070'])}`,
  app,
  activity: (f) => `${app(f)}/.${f.pick(['ui', 'main'])}.${f.pick(['Main', 'Detail', 'Login'])}Activity`,
  component: (f) => f.pick(['org.example.systemui', 'phone', 'org.example.phone']),
  worksource: (f) => f.pick(['null', `WorkSource{${f.number(5)}}`]),
  locktag: (f) => f.pick(['View Lock', 'RILJ', '*launch*', 'WindowManager', 'null']),
  stamp: (f) =>
    `20${f.text(2, '12')}/${1 + f.below(12)}/${1 + f.below(28)}:${f.text(2, '1')}:${f.text(2, '12345')}:07.${f.number(3)}`,
  package: (f) => `Package_for_KB${f.number(7)}~31bf3856ad364e35~amd64~~6.1.${f.below(4)}.${f.below(10)}`,
  queueid: (f) => `j${f.text(7, BASE64.slice(0, 62))}${f.number(6)}`,
};

/** So many messages of a style, the same for the same seed. */
export function inventLog(style: string, count: number, seed = 1): Invented[] {
  const templates = readFileSync(new URL(`${style}.txt`, FOLDER), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ weight: Number.parseInt(line, 10), template: line.replace(/^\d+ /, '') }));
  const filler = new Filler(seed);
  const all = templates.flatMap(({ weight }, event) => Array.from({ length: weight }, () => event));
  return Array.from({ length: count }, (_, at) => {
    // Each template comes once, however rare it is.
    const event = at < templates.length ? at : filler.pick(all);
    return { event, text: filler.fill(templates[event]?.template ?? '') };
  });
}
