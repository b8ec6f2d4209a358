import { type FSWatcher, watch } from 'node:fs';
import { reasonOf } from '../../base/errors.js';
import { isMissing } from '../is-missing.js';

/** Watches folders for changes of the names in them. */
export interface FolderWatch {
  /** Watches a folder; harmless when it is watched already or does not exist. */
  add(folder: string): void;
  close(): void;
}

/**
 * One watcher for each folder, however many files are followed in it. It only makes changes known faster: its user also
 * polls, so nothing is lost on a system without inotify, or without a free inotify watch.
 */
export function watchFolders(
  onChange: (folder: string, name: string) => void,
  onTrouble: (folder: string, reason: string) => void,
): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  const reported = new Set<string>();

  function unwatch(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  function trouble(folder: string, error: unknown): void {
    unwatch(folder);
    if (isMissing(error) || reported.has(folder)) return;
    reported.add(folder);
    onTrouble(folder, reasonOf(error));
  }

  return {
    add(folder) {
      if (watchers.has(folder)) return;
      try {
        const watcher = watch(folder, { persistent: false }, (type, name) => {
          if (name !== null) onChange(folder, name);
          if (type === 'rename' && name === null) unwatch(folder);
        });
        watcher.on('error', (error) => trouble(folder, error));
        watchers.set(folder, watcher);
      } catch (error) {
        trouble(folder, error);
      }
    },
    close() {
      for (const folder of [...watchers.keys()]) unwatch(folder);
    },
  };
}
