import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where CI unpacks Debian's logcheck: it needs a mail server to be installed, and none to be run. */
const UNPACKED = '/opt/logcheck';
const PROGRAM = join(UNPACKED, 'usr/sbin/logcheck');

/** Debian's rules, as the package logcheck-database has them. */
export const DEBIAN_RULES = join(UNPACKED, 'etc/logcheck');

/** Whether logcheck and its rules are there, and what it needs. */
export const logcheckIsHere = [PROGRAM, DEBIAN_RULES, '/usr/bin/lockfile-create'].every((path) =>
  existsSync(path),
);

export type Section = 'attack' | 'violations' | 'unusual';

const SECTIONS: Readonly<Record<string, Section>> = {
  'Security Alerts': 'attack',
  'Security Events': 'violations',
  'System Events': 'unusual',
};

/** In which section logcheck itself reports each line of a log; lines that it ignores are not among them. */
export function askLogcheck(
  folder: string,
  rules: string,
  level: string,
  log: readonly string[],
): Map<string, Section> {
  const state = join(folder, 'state');
  mkdirSync(state);
  const conf = join(folder, 'real.conf');
  const file = join(folder, 'real.log');
  writeFileSync(
    conf,
    `REPORTLEVEL=${level}\nLOGTAIL=${UNPACKED}/usr/sbin/logtail2\nSENDMAILTO=root\nINTRO=0\nLOCKDIR=${folder}/lock\nLOCKFILE=${folder}/lock/logcheck\n`,
  );
  writeFileSync(file, `${log.join('\n')}\n`);
  for (const path of [folder, state]) chmodSync(path, 0o777);
  // It refuses to run as root.
  const asNobody =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  const [command = '', ...args] = [
    ...asNobody,
    PROGRAM,
    '-o',
    '-t',
    '-c',
    conf,
    '-r',
    rules,
    '-l',
    file,
    '-S',
    state,
  ];
  const { status, stdout, stderr } = spawnSync(command, args, {
    env: { PATH: process.env.PATH, LC_ALL: 'C', TMP: folder },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0 || stderr !== '') throw new Error(`logcheck: ${status} ${stderr}`);
  return sectionsOf(stdout);
}

function sectionsOf(report: string): Map<string, Section> {
  const found = new Map<string, Section>();
  let section: Section | undefined;
  let before = '';
  for (const line of report.split('\n')) {
    if (/^[=-]+$/.test(line)) section = SECTIONS[before.replace(/ for .*/, '')];
    else if (section && before !== '' && !/^[=-]+$/.test(before) && !found.has(before))
      found.set(before, section);
    before = line;
  }
  return found;
}
