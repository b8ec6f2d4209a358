import PostalMime from 'postal-mime';
import type { Arrived } from './letter-box.js';

/** A letter as it is told: the same Message-ID is the same letter, however often it came. */
export interface ToldLetter {
  readonly messageId: string;
  readonly queue: string;
  /** Whether it says that its hits may come twice. */
  readonly mayComeTwice: boolean;
  /** `WRITER NUMBER` of lines, and how often it tells each. */
  readonly lines: ReadonlyMap<string, number>;
  /** How many beats and alarms it tells. */
  readonly masked: number;
  /** What it says beside rows. */
  readonly notes: readonly string[];
}

export interface Reading {
  readonly letters: readonly ToldLetter[];
  /** Letters that came again, with the same Message-ID. */
  readonly again: number;
  readonly wrong: readonly string[];
}

const ROW = /^ +(\d+): (.*)$/;
const LINE = /^torture: writer (\S+) line (\d+) x*$/;
const MASKED = /^(?:beat|alarm): writer _+, line _+$/;

/** What a letter says that leaves rows out, which must not be. */
const LEFT_OUT = /left out/;

/** What a page says that went without the fleet. */
export const MAY_COME_TWICE = /twice/;

/** The header that may stand before the bytes of a letter that is late. */
const DELAYED = /^X-tayori-delayed: .*\r?\n(?:[ \t].*\r?\n)*/i;

/** Reads letters one by one, each Message-ID once; what comes again must have the same bytes. */
export class FleetLetters {
  readonly #first = new Map<string, string>();
  readonly #letters: ToldLetter[] = [];
  readonly #wrong: string[] = [];
  readonly #read = new Map<readonly Arrived[], number>();
  #again = 0;

  /** Reads what has arrived in a letter box since it was last read. */
  async read(arrived: readonly Arrived[]): Promise<void> {
    const from = this.#read.get(arrived) ?? 0;
    const more = arrived.slice(from);
    this.#read.set(arrived, from + more.length);
    for (const { raw, messageId } of more) {
      const bytes = raw.replace(DELAYED, '');
      const before = this.#first.get(messageId);
      if (before === undefined) {
        this.#first.set(messageId, bytes);
        this.#letters.push(await this.#tell(messageId, bytes));
      } else {
        this.#again++;
        if (before !== bytes) this.#wrong.push(`${messageId} came again with other bytes`);
      }
    }
  }

  get reading(): Reading {
    return { letters: this.#letters, again: this.#again, wrong: this.#wrong };
  }

  async #tell(messageId: string, raw: string): Promise<ToldLetter> {
    const letter = await PostalMime.parse(raw);
    const queue = /\[(\w+)\]$/.exec(letter.subject ?? '')?.[1] ?? 'unknown';
    const lines = new Map<string, number>();
    const notes: string[] = [];
    let masked = 0;
    for (const line of (letter.text ?? '').split('\n')) {
      const [, count = '', message = ''] = ROW.exec(line) ?? [];
      const [, writer, number] = LINE.exec(message) ?? [];
      if (writer !== undefined) lines.set(`${writer} ${number}`, Number(count));
      else if (MASKED.test(message)) masked += Number(count);
      else if (count !== '') this.#wrong.push(`${messageId}: [${queue}] ${line}`);
      else if (line !== '' && line !== 'web1: ') notes.push(line);
      if (LEFT_OUT.test(line)) this.#wrong.push(`${messageId}: [${queue}] ${line}`);
    }
    const mayComeTwice = notes.some((note) => MAY_COME_TWICE.test(note));
    return { messageId, queue, mayComeTwice, lines, masked, notes };
  }
}

/** How many lines each writer has written, by writer. */
export type Written = ReadonlyMap<string, number>;

export interface Verdict {
  /** Lines of no letter. */
  readonly lost: readonly string[];
  /** Lines of more letters than may be. */
  readonly twice: readonly string[];
  /** Hits that came in a page more, which says that this may be. */
  readonly allowed: number;
  /** Sums of masked messages that are not what was written. */
  readonly sums: readonly string[];
}

/** Lays what was told beside what was written. */
export function reckonFleet(letters: readonly ToldLetter[], written: Written): Verdict {
  const later = tellings(letters, 'later');
  const page = tellings(letters, 'page');
  const [lost, twice]: [string[], string[]] = [[], []];
  let allowed = 0;
  for (const [writer, count] of written)
    for (let number = 1; number <= count; number++) {
      const line = `${writer} ${number}`;
      const scheduled = later.get(line) ?? NOWHERE;
      if (scheduled.sure + scheduled.maybe === 0) lost.push(`[later] ${line}`);
      if (scheduled.sure + scheduled.maybe > 1) twice.push(`[later] ${line}`);
      if (!isPaged(number)) continue;
      const paged = page.get(line) ?? NOWHERE;
      if (paged.sure + paged.maybe === 0) lost.push(`[page] ${line}`);
      if (paged.sure > 1) twice.push(`[page] ${line}`);
      allowed += Math.max(0, paged.sure + paged.maybe - 1);
    }
  return { lost, twice, allowed, sums: wrongSums(letters, written) };
}

/** The rule of the queue `page`. */
const isPaged = (number: number): boolean => number % 100 === 0;

/** How often a line was told by letters that say that it may come twice, and by others. */
interface Telling {
  readonly sure: number;
  readonly maybe: number;
}

const NOWHERE: Telling = { sure: 0, maybe: 0 };

function tellings(letters: readonly ToldLetter[], queue: string): ReadonlyMap<string, Telling> {
  const all = new Map<string, Telling>();
  for (const letter of letters.filter((one) => one.queue === queue))
    for (const [line, count] of letter.lines) {
      const { sure, maybe } = all.get(line) ?? NOWHERE;
      all.set(line, letter.mayComeTwice ? { sure, maybe: maybe + count } : { sure: sure + count, maybe });
    }
  return all;
}

function wrongSums(letters: readonly ToldLetter[], written: Written): string[] {
  const each = (every: number): number =>
    [...written.values()].reduce((sum, lines) => sum + Math.floor(lines / every), 0);
  const told = (queue: string, isMaybe: boolean): number =>
    letters
      .filter((one) => one.queue === queue && one.mayComeTwice === isMaybe)
      .reduce((sum, { masked }) => sum + masked, 0);
  const wrong: string[] = [];
  const [beats, alarms] = [each(3), each(40)];
  const [toldBeats, sure, maybe] = [
    told('beats', false) + told('beats', true),
    told('storm', false),
    told('storm', true),
  ];
  if (toldBeats !== beats) wrong.push(`${toldBeats} beats are told, ${beats} were written`);
  if (sure > alarms || sure + maybe < alarms)
    wrong.push(`${sure} alarms are told, and ${maybe} by pages that may come twice; ${alarms} were written`);
  return wrong;
}

/** How many lines of the scheduled queue and of pages are still missing. */
export function missingOf({ lost, sums }: Verdict): number {
  return lost.length + sums.length;
}
