import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { daemonOn, place } from '../ingest/daemon-on.js';
import { NOON } from '../ingest/open-receivers.js';
import { record } from '../line/decode/audit-samples.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { unfolded } from '../support/unfolded.js';
import { adaptedExample } from './example.js';

const NAME = 'opc_20261102100000_192.0.2.7.log';
const TYPESCRIPT = `${Array.from({ length: 40 }, (_, at) => `[opc@arm01 ~]$ ls /srv/${at}\r`).join('\n')}\n`;
const AUDIT = `${Array.from({ length: 40 }, (_, at) => record('CRED_ACQ', 100 + at, 'pid=7 uid=0 res=success')).join('\n')}\n`;

interface Logs {
  readonly typescript: string;
  readonly audit: string;
}

/** Subject and text of each page that comes when this happens to the logs. `collected`: a folder for each machine. */
async function pagesAfter(act: (logs: Logs) => void, collected = false): Promise<readonly string[]> {
  const at = place();
  const folder = join(at.folder, 'log');
  const typescript = join(folder, 'ope_log', ...(collected ? ['arm01'] : []), NAME);
  const audit = join(folder, 'audit', 'audit.log');
  for (const path of [typescript, audit]) mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(typescript, TYPESCRIPT);
  writeFileSync(audit, AUDIT);
  const config = await adaptedExample('typescripts.conf', at.folder, (text) => {
    const here = text.replaceAll('/var/log', folder);
    if (!collected) return here;
    return here
      .replaceAll('ope_log/*.log', 'ope_log/*/*.log')
      .replace(/^set loghost .*\n/m, '')
      .replace('#set loghost', 'set loghost');
  });
  const clock = heldClock(NOON);
  const { daemon } = daemonOn(at, config, undefined, clock);
  const polls = async (times: number): Promise<void> => {
    for (let turn = 0; turn < times; turn++) {
      clock.advance(20_000);
      await daemon.poll();
    }
  };
  await polls(2);
  act({ typescript, audit });
  await polls(8);
  const mails = await Promise.all(maildir(at.folder).map((mail) => PostalMime.parse(mail)));
  return mails.map(
    ({ subject = '', text = '' }) => `${subject}\n${unfolded(text).replaceAll(folder, '/log')}`,
  );
}

const TYPED = `/log/ope_log/${NAME}`;

describe('typescripts.conf: a record that loses what it said pages, with its file', () => {
  it.each<[string, (logs: Logs) => void, string]>([
    ['a typescript is emptied', ({ typescript }) => truncateSync(typescript), `tayori: ${TYPED} was emptied`],
    ['a typescript is deleted', ({ typescript }) => rmSync(typescript), `tayori: ${TYPED} was deleted`],
    [
      'another file lies in its place',
      ({ typescript }) => {
        rmSync(typescript);
        writeFileSync(typescript, '[opc@arm01 ~]$ true\r\n');
      },
      `tayori: ${TYPED} was replaced`,
    ],
    [
      'the log of auditd is emptied',
      ({ audit }) => truncateSync(audit),
      'tayori: /log/audit/audit.log was emptied',
    ],
  ])('%s', async (_, act, said) => {
    const pages = await pagesAfter(act);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toMatch(/^\[sessions: now\]/);
    expect(pages[0]).toContain(said);
    expect(pages[0]).toMatch(new RegExp(`^(?:${hostname()}|loghost): *$`, 'm'));
  });

  it('of another machine, whose typescripts are collected here, with that machine as host', async () => {
    const pages = await pagesAfter(({ typescript }) => truncateSync(typescript), true);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain(`tayori: /log/ope_log/arm01/${NAME} was emptied`);
    expect(pages[0]).toMatch(/^arm01: *$/m);
    expect(pages[0]).not.toContain(hostname());
  });

  it('and a rotation is none', async () => {
    const pages = await pagesAfter(({ typescript, audit }) => {
      renameSync(audit, `${audit}.1`);
      writeFileSync(audit, `${record('CRED_ACQ', 900, 'pid=7 uid=0 res=success')}\n`);
      copyFileSync(typescript, `${typescript}.1`);
      truncateSync(typescript);
      appendFileSync(typescript, '[opc@arm01 ~]$ ls /tmp\r\n');
    });
    expect(pages).toEqual([]);
  });
});
