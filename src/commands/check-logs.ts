import { closeSync, constants, openSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../base/errors.js';
import type { SourceLocation } from '../base/place.js';
import { nearest } from '../base/text/nearest.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import type { Fault } from '../config/read/fault.js';
import { isRoot, withRightsOf } from '../daemon/privileges.js';
import { expandGlob, isGlob } from '../source/file/expand-glob.js';
import { isMissing } from '../source/is-missing.js';

/** Files of one glob that are told; there may be thousands that have the same trouble. */
const MAX_TOLD = 5;

/** What hinders a log from being read now; `readable`: nothing. */
type LogState =
  | { readonly kind: 'readable' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'no-file'; readonly what: 'a folder' | 'a FIFO' | 'no plain file' }
  | { readonly kind: 'denied'; readonly reason: string };

/**
 * What can be said of the logs of a config as they are now, to the user that the daemon will be where root asks.
 * `hasJournal`: the journal is read where no log can be.
 */
export function checkLogs(config: Config, hasJournal = false): Fault[] {
  const { uid, gid } = config;
  if (!isRoot() || !uid.value || uid.value.uid === 0) return lookAtLogs(config, null, hasJournal);
  const identity = { user: uid.value, group: gid.value };
  const looked = withRightsOf(identity, () => lookAtLogs(config, identity.user.name, hasJournal));
  return looked?.done ?? lookAtLogs(config, null, hasJournal);
}

/** Each log of a config that has nothing for this user to read, and why. */
export function unreadableLogs({ logfiles }: Config): { readonly path: string; readonly reason: string }[] {
  return logfiles.flatMap(({ value }) => {
    const paths = expandGlob(value);
    if (paths.length === 0) return [{ path: value, reason: isGlob(value) ? 'matches nothing' : 'not there' }];
    return paths.flatMap((path) => {
      const reason = reasonNotToRead(path);
      return reason === null ? [] : [{ path, reason }];
    });
  });
}

function reasonNotToRead(path: string): string | null {
  const state = stateOf(path);
  switch (state.kind) {
    case 'readable':
      return statSync(path).size > 0 ? null : 'empty';
    case 'absent':
      return 'not there';
    case 'no-file':
      return `it is ${state.what}`;
    case 'denied':
      return state.reason;
  }
}

/** Whether this user may read one of the logs of a config; `'with lines'`: and there is something in it. */
export function hasLog({ logfiles }: Config, wanted: 'any' | 'with lines'): boolean {
  return logfiles.some(({ value }) =>
    expandGlob(value).some((path) => {
      const reason = reasonNotToRead(path);
      return reason === null || (wanted === 'any' && reason === 'empty');
    }),
  );
}

/** `who`: the user that the daemon will be; null: it is not known better than that it is this one. */
function lookAtLogs(config: Config, who: string | null, hasJournal: boolean): Fault[] {
  const { logfiles, fifos, listen, redisQueues, journals, commands, files } = config;
  const found = logfiles.map(({ value, place }) =>
    lookAt(value, { place: place ?? headOf(config), config, who }),
  );
  const others = fifos.length + listen.length + redisQueues.length + journals.length + commands.length;
  if (hasJournal || others > 0 || logfiles.length === 0 || found.some(({ readable }) => readable > 0))
    return found.flatMap(({ faults }) => faults);
  const place = { file: files[0] ?? '', line: 1, column: 1 };
  return [
    {
      severity: 'warning',
      code: 'absent-log',
      place,
      seen: 'no log can be read now, so there is nothing to tell in letters',
      instead: 'see below; if logs are only in the journal, write set journal',
    },
    ...found.flatMap(({ faults }) => faults),
  ];
}

function headOf({ files }: Config): SourceLocation {
  return { file: files[0] ?? '', line: 1, column: 1 };
}

interface Asked {
  readonly place: SourceLocation;
  readonly config: Config;
  readonly who: string | null;
}

function lookAt(path: string, asked: Asked): { readonly readable: number; readonly faults: Fault[] } {
  const paths = expandGlob(path);
  if (paths.length === 0) return { readable: 0, faults: [absentFault(path, asked)] };
  const states = paths.map((one) => [one, stateOf(one)] as const);
  const troubled = states.flatMap(([one, state]) => faultOf(one, state, asked));
  return {
    readable: states.filter(([, { kind }]) => kind === 'readable').length,
    faults:
      troubled.length <= MAX_TOLD ? troubled : [...troubled.slice(0, MAX_TOLD), more(troubled.length, asked)],
  };
}

function more(troubled: number, { place }: Asked): Fault {
  const seen = `${troubled - MAX_TOLD} more files like those above`;
  return { severity: 'warning', code: 'unreadable-log', place, seen, instead: 'mend those first' };
}

function stateOf(path: string): LogState {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { kind: 'no-file', what: describeKind(stats) };
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    return { kind: 'readable' };
  } catch (error) {
    return isMissing(error) ? { kind: 'absent' } : { kind: 'denied', reason: reasonOf(error) };
  }
}

function describeKind(stats: Stats): 'a folder' | 'a FIFO' | 'no plain file' {
  if (stats.isDirectory()) return 'a folder';
  return stats.isFIFO() ? 'a FIFO' : 'no plain file';
}

function faultOf(path: string, state: LogState, asked: Asked): Fault[] {
  switch (state.kind) {
    case 'readable':
      return [];
    case 'absent':
      return [absentFault(path, asked)];
    case 'no-file':
      return [
        {
          severity: 'warning',
          code: 'unreadable-log',
          place: asked.place,
          seen: `the log ${quote(path)}, which is ${state.what}`,
          instead: state.what === 'a FIFO' ? `write set fifo ${path}` : `name files: ${join(path, '*.log')}`,
        },
      ];
    case 'denied':
      return [deniedFault(path, state.reason, asked)];
  }
}

function deniedFault(path: string, reason: string, { place, who }: Asked): Fault {
  return {
    severity: 'warning',
    code: 'unreadable-log',
    place,
    seen: `${who ?? 'this user'} may not read the log ${quote(path)} (${reason})`,
    instead:
      who === null
        ? 'ask as root, or as the user that tayori runs as, or join the group that may (adm on Debian)'
        : `let it: usermod -aG adm ${who} on Debian, else setfacl -m u:${who}:r ${path}`,
  };
}

/** It may well come later: the sample config names the logs of several systems. */
function absentFault(path: string, { place, config }: Asked): Fault {
  const common = { severity: 'notice', code: 'absent-log', place } as const;
  if (isGlob(path))
    return {
      ...common,
      seen: `no file matches ${quote(path)} now`,
      instead: 'those that come to are taken up',
    };
  const near = nearLog(path, config);
  return {
    ...common,
    seen: `the log ${quote(path)} is not there`,
    instead:
      near === null
        ? 'it is awaited; remove the line if this machine has none of that name'
        : `did you mean ${near}? As it stands, it is awaited`,
  };
}

/** A log that is not followed already, beside the one that is missing, and named much like it. */
function nearLog(path: string, { logfiles }: Config): string | null {
  const folder = dirname(path);
  const followed = new Set(logfiles.map(({ value }) => value));
  const others = listOf(folder).filter(
    (name) => !ROTATED.test(name) && !RECORDS.includes(name) && !followed.has(join(folder, name)),
  );
  const near = nearest(basename(path), others);
  return near === null ? null : join(folder, near);
}

/** Not text: see utmp(5) and faillog(5). */
const RECORDS = ['faillog', 'lastlog', 'wtmp', 'btmp', 'utmp'];

/** `syslog.1`, `syslog.2.gz`, `syslog-20261129`. */
const ROTATED = /[.-]\d+$|\.(?:gz|bz2|xz|zst)$/;

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // it is not there, or not to be listed
  }
}
