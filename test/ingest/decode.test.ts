import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { MAX_HOLD_TIME } from '../../src/source/file/segment.js';
import { EVENT, EVENT_TEXT, record } from '../line/decode/audit-samples.js';
import { follow, type Log } from './follow-log.js';

const { raw } = String;
const HERE = hostname();
const CONF = 'set decode FOLDER/audit.log* audit';
const NEXT = `${record('USER_LOGIN', 900, 'res=failed')}\n`;
const NEXT_TOLD = `n ${HERE} 1: audit: USER_LOGIN res=failed`;
const EVENT_TOLD = `n ${HERE} 1: ${EVENT_TEXT}`;

/** Letters fold long lines where they are no plain ones. */
const plain = (told: readonly string[]): string[] => told.map((row) => row.replace(/\s+/g, ' '));

async function expectEvent(log: Log): Promise<void> {
  await log.wait(MAX_HOLD_TIME);
  await log.wait(MAX_HOLD_TIME);
  expect(plain(log.told())).toEqual([EVENT_TOLD, NEXT_TOLD]);
}

describe('the log of auditd', () => {
  it('events that differ in their masks only are counted together, each of its node', async () => {
    const log = await follow(
      `${CONF}\nset hidepid on\n${raw`a ^audit: USER_CMD uid=(\S+) .*cmd="chattr -a (.*)"`}`,
      'audit.log',
    );
    const run = (serial: number, uid: number, file: string): string =>
      `node=web1 ${record('USER_CMD', serial, `pid=${serial} uid=${uid} msg='cmd=${Buffer.from(`chattr -a ${file}`).toString('hex').toUpperCase()} res=success'`)}\n`;
    await log.append(run(7, 1000, '/a b') + run(8, 1001, '/c'));
    expect(plain(log.told())).toEqual([
      `a web1 2: audit: USER_CMD uid=___ msg='cmd="chattr -a ___" res=success'`,
    ]);
  });

  it('records of an event that come one by one are one message', async () => {
    const log = await follow(CONF, 'audit.log');
    for (const line of EVENT) await log.append(`${line}\n`);
    expect(plain(log.told())).toEqual([EVENT_TOLD]);
  });

  it('an event through which the log is rotated keeps its first half, and the second is told', async () => {
    const log = await follow(CONF, 'audit.log');
    await log.append(`${EVENT.slice(0, 2).join('\n')}\n`);
    renameSync(log.path, `${log.path}.1`);
    appendFileSync(`${log.path}.1`, `${EVENT.slice(2).join('\n')}\n`);
    writeFileSync(log.path, NEXT);
    await log.wait(1000);
    await expectEvent(log);
  });

  it('an event of which a half was written is whole after a stop', async () => {
    const log = await follow(CONF, 'audit.log');
    await log.append(`${EVENT.slice(0, 2).join('\n')}\n${EVENT[2]?.slice(0, 40)}`);
    await log.restart();
    await log.append(`${EVENT[2]?.slice(40)}\n${EVENT.slice(3).join('\n')}\n${NEXT}`);
    await expectEvent(log);
  });

  it('an event that never ends is told when nothing more comes', async () => {
    const log = await follow(CONF, 'audit.log');
    await log.append(`${record('SECCOMP', 7, 'sig=31')}\n`);
    expect(log.told()).toEqual([]);
    await log.wait(MAX_HOLD_TIME);
    expect(log.told()).toEqual([`n ${HERE} 1: audit: SECCOMP sig=31`]);
  });

  it('takes its host from the path where no record names a node', async () => {
    const log = await follow(`${CONF}\nset loghost FOLDER/audit.log* nas1`, 'audit.log');
    await log.append(NEXT + NEXT.replace('type', 'node=web2 type'));
    expect(log.told()).toEqual([
      'n nas1 1: audit: USER_LOGIN res=failed',
      'n web2 1: audit: USER_LOGIN res=failed',
    ]);
  });

  it('lines that are no records are read as any others', async () => {
    const log = await follow(CONF, 'audit.log');
    await log.append('Nov 20 11:00:00 web1 su: x\nhello\n');
    expect(log.told()).toEqual(['n web1 1: su: x', 'noprefix [unprefixed logs] 1: hello']);
  });
});

describe('typescripts', () => {
  it('a command reads as it was corrected, with its user and address, without a prefix', async () => {
    const log = await follow(
      `set decode FOLDER/*.log terminal
${raw`set loghost FOLDER/*.log /(?<user>[^/]+)_\d{14}_(?<address>[^/_]+)\.log$`}
${raw`a ^user=\S+ address=(\S+): \S+\$ sudo chattr -a`}`,
      'opc_20261120120000_192.0.2.7.log',
    );
    await log.append('\x1b[?2004hw$ sudo chattr -s\b\x1b[Ka x\r\n\x1b[0m\r\nNov 20 11:00:00 web1 su: x\r\n');
    expect(plain(log.told())).toEqual([
      `a ${HERE} 1: user=opc address=___: w$ sudo chattr -a x`,
      `n ${HERE} 1: user=opc address=192.0.2.7: Nov 20 11:00:00 web1 su: x`,
    ]);
  });

  it('10 MB without a newline come in pieces', async () => {
    const log = await follow('set decode FOLDER/*.log terminal\na ^(x+)', 'b.log');
    await log.append(`${'x\b'.repeat(5_000_000)}\n`);
    // That the line was cut is told by a line of tayori's own.
    expect(log.told().filter((row) => !row.includes(' tayori: '))).toHaveLength(1);
  });
});
