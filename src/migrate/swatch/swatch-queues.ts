import { accessSync, constants } from 'node:fs';
import { basename } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { ForeignPlace, MigrationDraft } from '../migration.js';
import type { Actions, Pace } from './read-actions.js';

/** The queues of a config that came from swatch: one for all that has the same recipients, subject, program and pace. */
export class SwatchQueues {
  readonly #draft: MigrationDraft;
  readonly #hasExec: boolean;
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>(['trash', 'repeat', 'group', 'csv', 'noprefix', 'set']);
  readonly #lines: string[] = [];

  /** `hasExec`: whether `set exec` is known. */
  constructor(draft: MigrationDraft, hasExec: boolean) {
    this.#draft = draft;
    this.#hasExec = hasExec;
  }

  /** The queues that do what a watchfor does. */
  namesFor({ mails, commands, pace }: Actions, place: ForeignPlace): string[] {
    const paced = pace === null ? '' : `${place.file}:${place.line}`;
    if (pace?.groups.length === 0)
      this.#draft.remark(
        'changed',
        place,
        '',
        'swatch paces each message by itself, tayori each host: name a group of the rule behind by, if that is too wide',
      );
    const ofMails = mails.map(({ to, subject, schedule }) =>
      this.#queue(`mail ${to} ${subject} ${schedule} ${paced}`, slug(subject, 'mail'), pace, (name) => [
        `set queue ${name} root@localhost ${to} [${schedule}] ${subject}`,
      ]),
    );
    const ofCommands = commands.flatMap(({ words, place: at }) => this.#command(words, at, pace, paced));
    return [...new Set([...ofMails, ...ofCommands])];
  }

  /** Their definitions; a config has one queue at least. */
  lines(): readonly string[] {
    return this.#lines.length > 0
      ? this.#lines
      : ['', 'set queue report root@localhost root [@daily] Report'];
  }

  #command(words: readonly string[], place: ForeignPlace, pace: Pace | null, paced: string): string[] {
    const [path = ''] = words;
    const command = words.join(' ');
    if (!this.#hasExec || !isProgram(path)) {
      const why = this.#hasExec
        ? 'this program is not here; take the # away from set exec when it is'
        : 'set exec is not known to this tayori';
      this.#draft.remark('lost', place, quote(command), why);
      const name = this.#queue(`told ${command} ${paced}`, slug(basename(path), 'run'), pace, (queue) => [
        `# set exec ${queue} ${command}`,
        `set queue ${queue} root@localhost root [now] swatch ran ${basename(path)}`,
      ]);
      return [name];
    }
    return [
      this.#queue(`run ${command} ${paced}`, slug(basename(path), 'run'), pace, (queue) => [
        `set exec ${queue} ${command}`,
      ]),
    ];
  }

  #queue(key: string, wish: string, pace: Pace | null, define: (name: string) => readonly string[]): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    let name = wish;
    for (let number = 2; this.#taken.has(name); number++) name = `${wish}${number}`;
    this.#taken.add(name);
    this.#names.set(key, name);
    this.#lines.push('', ...define(name), ...(pace ? paceLines(name, pace) : []));
    return name;
  }
}

function paceLines(queue: string, { count, seconds, throttles, groups }: Pace): string[] {
  const by = groups.length === 0 ? '' : ` by ${groups.map((number) => `g${number}`).join(',')}`;
  return [
    ...(count === null ? [] : [`set window ${queue} ${count} ${seconds}s${by}`]),
    ...(throttles ? [`set throttle ${queue} ${seconds}s${by}`] : []),
  ];
}

/** A name for a queue, of a subject or a program. */
function slug(text: string, otherwise: string): string {
  const name = text
    .toLowerCase()
    .replace(/\.\w+$/, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 24);
  return /^[a-z]/.test(name) ? name : otherwise;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
