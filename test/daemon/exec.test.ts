import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { recorder } from '../act/recorder.js';
import { linePrefix } from '../support/stamp.js';
import { launch, type Place, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';
import { asRoot } from '../torture/daemon-process.js';

/** The ends of programs, as the state has them. */
function ends({ folder }: Place): string[] {
  const db = openSqlite(join(folder, 'state', 'tayori.db'), { readonly: true });
  const rows = db
    .prepare<[], string>('SELECT result FROM run WHERE result IS NOT NULL ORDER BY id')
    .pluck()
    .all();
  db.close();
  return rows.map((row) => JSON.parse(row).outcome);
}

/** A daemon whose program waits until a file `go` is there. */
async function start(more = '') {
  const place = preparePlace('');
  const go = join(place.folder, 'go');
  const program = recorder(place.folder, `${more}while [ ! -e ${go} ]; do sleep 0.02; done`);
  const conf = `${asRoot()}set sleep 0\nset flush_on_signal off\nset exec block ${program.path} {{n}}\n`;
  place.configure(`${conf}block ^hit (?<n>\\d+)\n`);
  const tayori = launch(['-f', '-c', place.conf], { env: place.env });
  await tayori.says('Mail goes to');
  appendFileSync(place.log, `${linePrefix()}hit 1\n`);
  await until(() => program.runs().length === 1, tayori.ended);
  return { place, program, tayori, conf, go };
}

it('a reload leaves a program alone that runs, and notes its end', async () => {
  const { place, program, tayori, conf, go } = await start();
  place.configure(`${conf}block ^(?:hit|blow) (?<n>\\d+)\n`);
  tayori.child.kill('SIGHUP');
  await tayori.says('the new config is in force');
  expect(ends(place)).toEqual([]);
  appendFileSync(place.log, `${linePrefix()}blow 2\n`);
  writeFileSync(go, '');
  await until(() => ends(place).length === 2, tayori.ended);
  expect(ends(place)).toEqual(['ran', 'ran']);
  expect(program.runs().map((run) => run.slice(0, 3))).toEqual(['<1>', '<2>']);
  expect(await tayori.end('SIGTERM')).toBe(0);
});

it('a stop waits for a program that runs', async () => {
  const { place, tayori } = await start('sleep 1; exit 0\n');
  expect(await tayori.end('SIGTERM')).toBe(0);
  expect(ends(place)).toEqual(['ran']);
});

it('a stop ends a program that hangs, first with TERM, and that is told', async () => {
  const { place, tayori } = await start('trap "echo ended > $0.term; exit 9" TERM\n');
  expect(await tayori.end('SIGTERM')).toBe(0);
  expect(ends(place)).toEqual(['interrupted']);
  expect(existsSync(join(place.folder, 'recorder.term'))).toBe(true);
});
