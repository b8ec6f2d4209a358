import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Where rotated files of a log lie: in this folder and its subfolders, under names that are made of `base`. */
export interface LogPlace {
  readonly folder: string;
  readonly base: string;
}

/** Links are followed as far as Linux follows them. */
const MAX_LINKS = 40;

/**
 * The folder of a path and, if it is a link, the folders of its targets: docker and kubelet rotate a log there and know
 * nothing of the link. A target need not exist: it may be rotated just now.
 */
export function placesOf(path: string): LogPlace[] {
  const places = [placeOf(path)];
  const seen = new Set([keyOf(path)]);
  for (let at = path, hops = 0; hops < MAX_LINKS; hops++) {
    const target = targetOf(at);
    if (target === null || seen.has(keyOf(target))) break;
    seen.add(keyOf(target));
    places.push(placeOf(target));
    at = target;
  }
  return places;
}

/** Whether a path leads over a link. */
export function isLink(path: string): boolean {
  try {
    return realpathSync(path) !== path;
  } catch {
    return targetOf(path) !== null;
  }
}

/** Whether two paths of folders lead to the same one. */
export function isSameFolder(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}

function placeOf(path: string): LogPlace {
  return { folder: dirname(path), base: basename(path) };
}

function targetOf(path: string): string | null {
  try {
    return resolve(realpathSync(dirname(path)), readlinkSync(path));
  } catch {
    return null; // no link, or nothing there
  }
}

/** Two paths with the same key are the same name in the same folder. */
function keyOf(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
