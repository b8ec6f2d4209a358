import { expect, it } from 'vitest';
import { type FollowedLog, type PathChange, pathChange } from '../../../src/source/file/path-change.js';

const FILE = { kind: 'file', identity: '8:1', size: 10, stamp: '10 1 1' } as const;
const LOG: FollowedLog = { identity: '8:1', stamp: '10 1 1', isSuspect: false };
const [MISSING, FOLDER] = [{ kind: 'missing' }, { kind: 'unreadable', reason: 'it is a folder' }] as const;

it.each<[string, Parameters<typeof pathChange>, PathChange['kind']]>([
  ['nothing, where no log was read', [MISSING, null], 'missing'],
  ['nothing, where a log was read', [MISSING, LOG], 'missing'],
  ['a folder', [FOLDER, LOG], 'unreadable'],
  ['a file, where no log was read', [FILE, null], 'other'],
  ['another file', [FILE, { ...LOG, identity: '8:2' }], 'other'],
  ['the same file as it was', [FILE, LOG], 'unchanged'],
  ['the same file with other times or size', [FILE, { ...LOG, stamp: '9 1 1' }], 'changed'],
  ['the same file, of which something is not known yet', [FILE, { ...LOG, stamp: null }], 'changed'],
  ['the same file, in which reading found another one', [FILE, { ...LOG, isSuspect: true }], 'changed'],
])('a path holds %s', (_name, [seen, log], kind) => {
  expect(pathChange(seen, log).kind).toBe(kind);
});
