import { quote } from '../../base/text/quote.js';
import type { ForeignPlace, MigrationDraft } from '../migration.js';
import type { SwatchAction, SwatchRecord } from './read-swatchrc.js';

/** How often something is done: a window, a throttle, or both. */
export interface Pace {
  /** The action is done with the hit of this number; null: with each. */
  readonly count: number | null;
  /** Seconds that hits count together, and (throttle) that an action silences further ones. */
  readonly seconds: number;
  readonly throttles: boolean;
  /** Numbers of groups whose texts are told apart. */
  readonly groups: readonly number[];
}

/** What a watchfor does that can be done here. */
export interface Actions {
  readonly mails: readonly { readonly to: string; readonly subject: string; readonly schedule: string }[];
  readonly commands: readonly {
    readonly words: readonly string[];
    readonly groups: readonly number[];
    readonly place: ForeignPlace;
  }[];
  readonly pace: Pace | null;
  readonly goesOn: boolean;
}

const TERMINAL = ['echo', 'bell', 'write'];
const SUBJECT = 'Message from Swatchdog';

/** Sorts out the actions of a record, and notes those that cannot be done. */
export function readActions({ actions, place }: SwatchRecord, draft: MigrationDraft): Actions {
  const mails: Actions['mails'][number][] = [];
  const commands: Actions['commands'][number][] = [];
  let pace: Pace | null = null;
  let goesOn = false;
  for (const action of actions) {
    const text = quote(`${action.name}${action.value === '' ? '' : `=${action.value}`}`);
    const lost = (why: string): void => draft.remark('lost', action.place, text, why);
    if (action.name === 'mail') mails.push(readMail(action, draft));
    else if (action.name === 'exec' || action.name === 'pipe') {
      const command = readCommand(action);
      if (typeof command === 'string') lost(command);
      else commands.push(command);
    } else if (action.name === 'throttle' || action.name === 'threshold') {
      const read = action.name === 'throttle' ? readThrottle(action.value) : readThreshold(action.value);
      if (typeof read === 'string') lost(read);
      else pace = read;
    } else if (action.name === 'continue') goesOn = true;
    else if (TERMINAL.includes(action.name))
      lost('nobody sits at a terminal of tayori; letters tell it, or `tayori try` shows it');
    else lost('nothing like it is known here');
    if (/\bwhen\s*=/.test(action.value) && action.name !== 'mail')
      lost('no program has hours; it runs at all times');
  }
  if (mails.length === 0 && commands.length === 0 && !goesOn)
    draft.remark(
      'changed',
      place,
      '',
      'nothing that it does is done here, so its lines go to trash, and no later rule gets them',
    );
  return { mails, commands, pace, goesOn };
}

function optionsOf(value: string): {
  readonly named: ReadonlyMap<string, string>;
  readonly plain: readonly string[];
} {
  const named = new Map<string, string>();
  const plain: string[] = [];
  for (const part of value.split(',')) {
    const [, name, text = ''] = /^\s*(\w+)\s*=\s*"?([^"]*)"?\s*$/.exec(part) ?? [];
    if (name === undefined) plain.push(part.trim().replaceAll(/^["']|["']$/g, ''));
    else named.set(name.toLowerCase(), text.trim());
  }
  return { named, plain: plain.filter((part) => part !== '') };
}

function readMail({ value, place }: SwatchAction, draft: MigrationDraft): Actions['mails'][number] {
  const { named, plain } = optionsOf(value);
  const addresses = (named.get('addresses') ?? plain[0] ?? 'root').replaceAll('\\@', '@');
  const when = named.get('when');
  const schedule = when === undefined ? 'now' : scheduleOf(when);
  if (when !== undefined)
    draft.remark(
      schedule === null ? 'lost' : 'changed',
      place,
      quote(`when=${when}`),
      schedule === null
        ? 'it is no days:hours; mails go at all times'
        : 'what comes at other times is not dropped: it waits for the next such hour',
    );
  const to =
    addresses
      .split(/[:\s]+/)
      .filter((one) => one !== '' && !one.includes(','))
      .join(',') || 'root';
  return { to, subject: named.get('subject') || SUBJECT, schedule: schedule ?? 'now' };
}

/** `1-6:8-17` as a schedule. */
function scheduleOf(when: string): string | null {
  const [, days, hours] = /^([0-7](?:-[0-7])?|\*):(\d{1,2}(?:-\d{1,2})?|\*)$/.exec(when) ?? [];
  return days === undefined ? null : `* ${hours} * * ${days}`;
}

/** What only a shell understands. */
const FOR_A_SHELL = /[|&;<>()`*?~]|\$\(|["']/;

function readCommand({ value, place }: SwatchAction): Actions['commands'][number] | string {
  const [, quoted, single, bare = ''] = /^\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^,]*))/s.exec(value) ?? [];
  const command = (quoted?.replaceAll(/\\(["\\])/g, '$1') ?? single ?? bare).trim();
  if (!command.startsWith('/')) return 'a program is named by its whole path here';
  const groups: number[] = [];
  const words = command.split(/\s+/).map((word) =>
    word.replaceAll(/\$(?:(\d)|\*)/g, (_, digit?: string) => {
      if (digit === undefined || digit === '0') return '{{message}}';
      groups.push(Number(digit));
      return `{{g${digit}}}`;
    }),
  );
  if (words.some((word) => FOR_A_SHELL.test(word) || word.includes('$')))
    return 'it needs a shell: write a script, and name that';
  return { words, groups, place };
}

/** `[[D:]H:]M:S` or seconds; the key is the message without its stamp. */
function readThrottle(value: string): Pace | string {
  const { named, plain } = optionsOf(value);
  const parts = (plain[0] ?? named.get('delay') ?? '').split(':').map(Number);
  const weights = [1, 60, 3600, 86_400];
  const seconds = parts.reverse().reduce((sum, part, at) => sum + part * (weights[at] ?? Number.NaN), 0);
  if (!Number.isSafeInteger(seconds) || seconds <= 0) return 'it is no time';
  return { count: null, seconds, throttles: true, groups: groupsOf(named.get('key') ?? '') };
}

function readThreshold(value: string): Pace | string {
  const { named } = optionsOf(value);
  const [count, seconds] = [Number(named.get('count')), Number(named.get('seconds'))];
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(seconds) || count < 1 || seconds < 1)
    return 'it needs count and seconds';
  const groups = groupsOf(named.get('track_by') ?? '');
  switch (named.get('type')) {
    case 'limit':
      return count === 1
        ? { count: null, seconds, throttles: true, groups }
        : `no throttle lets the first ${count} pass: here it is the first`;
    case 'threshold':
      return { count, seconds, throttles: false, groups };
    case 'both':
      return { count, seconds, throttles: true, groups };
    default:
      return 'its type is not limit, threshold or both';
  }
}

function groupsOf(key: string): number[] {
  return [...new Set([...key.matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)))].filter(
    (number) => number > 0,
  );
}
