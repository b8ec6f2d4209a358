import type { Pattern } from '../perl-regex/perl-regex.js';
import { isHostName, isHostWord } from './host-name.js';

/** What the path of a log says of its lines. */
export interface LogOrigin {
  readonly host: string;
  /** `user=alice address=192.0.2.7: `, in front of each text; empty where the path says no more than the host. */
  readonly front: string;
}

/** Where the host of a log's lines is taken from. */
export type LogHost =
  | { readonly kind: 'named'; readonly host: string }
  | { readonly kind: 'from-path'; readonly pattern: Pattern };

/** UTF-16 units of a field that is taken from a path: a path may be long, and stands in front of each line. */
const MAX_FIELD = 100;

/**
 * The host, and the fields, that a path names; null where the regex does not match, or its host can be none. The host is
 * the group `host`, or group 1 where no group has a name; where the regex asks for none, it is `machine`.
 * May throw a MatchLimitError.
 */
export function originOf(path: string, from: LogHost, machine: string): LogOrigin | null {
  if (from.kind === 'named') return { host: from.host, front: '' };
  const { pattern } = from;
  const match = pattern.exec(path);
  if (!match) return null;
  const textOf = (group: number): string => {
    const span = match.groups[group];
    return span ? path.slice(span.start, span.end) : '';
  };
  const at = hostGroup(pattern);
  const host = at < 0 ? machine : textOf(at);
  if (!isHostName(host) || !isHostWord(host)) return null;
  const fields = pattern.groupNames.flatMap((name, group) => {
    const value = name === null || name === 'host' ? '' : oneWord(textOf(group));
    return value === '' ? [] : [`${name}=${value}`];
  });
  return { host, front: fields.length === 0 ? '' : `${fields.join(' ')}: ` };
}

/** Whether a name says no more than that a machine means itself. */
export function isOwnName(host: string): boolean {
  return host === 'localhost' || host.startsWith('localhost.') || host === '127.0.0.1' || host === '::1';
}

/** Which group is the host; -1: none. */
export function hostGroup({ groupNames }: Pick<Pattern, 'groupNames'>): number {
  const isNamed = groupNames.some((name) => name !== null);
  return isNamed ? groupNames.indexOf('host') : groupNames.length > 0 ? 0 : -1;
}

/** A value without blanks and without what would look like the next field. */
function oneWord(text: string): string {
  return text.slice(0, MAX_FIELD).replaceAll(/[\s=:]+/g, '_');
}
