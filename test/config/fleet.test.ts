import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { showFleetAddress } from '../../src/base/fleet-address.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { BASE, read, sound } from './read.js';

const RULES = 'a x\nb y\n';
const MAIL = 'set mailserver smtp://mail.example.org\nset flush_on_signal off\n';
const SOUND = `${MAIL}set timezone Europe/Berlin\n`;
const conf = (lines: string): string => `${BASE}${RULES}${lines}\n`;

it('a fleet with a mail server and one time zone is told nothing', () => {
  const file = join(temporaryFolder(), 'password');
  writeFileSync(file, 'x');
  chmodSync(file, 0o600);
  const lines = `set fleet postgresql://u@db/logs\nset fleet_password ${file}\nset node a\nset fleet_wait 20s`;
  expect(read(conf(SOUND + lines)).told).toEqual([]);
});

describe('check', () => {
  it.each([
    [
      'set fleet_password credential:x',
      '6:20: warning: this has no effect without set fleet; write set fleet postgresql://HOST/DB',
    ],
    ['set node a', '6:10: warning: this has no effect without set fleet'],
    ['set fleet_wait 1m', '6:16: warning: this has no effect without set fleet'],
    ['set fleet_wait', '6:15: error: no time; write a time such as 20s or 2m; at most 1h'],
    [
      'set fleet postgresql://db/logs',
      '6:11: warning: letters of the fleet would go to a Maildir of whichever machine delivers them',
    ],
    [
      'set fleet postgresql://db/logs\nset mailserver maildir:/x',
      '7:16: notice: letters of the fleet would go to a Maildir of whichever machine delivers them; share the folder',
    ],
    [
      'set fleet postgresql://db/logs',
      '6:11: notice: each stop and reload of a machine mails what it has counted alone; write set flush_on_signal off',
    ],
    [
      'set fleet postgresql://db/logs\nset flush_on_signal on',
      '7:21: notice: each stop and reload of a machine mails',
    ],
    [
      `${MAIL}set fleet postgresql://db/logs`,
      '8:11: notice: the schedule of "b" goes by the time zone of each machine',
    ],
    [
      `${MAIL}set fleet postgresql://db/logs\nset queue c f@x t@x [@daily]\nc z`,
      'the schedule of "b" and 1 more goes by',
    ],
    [
      `${SOUND}set fleet postgresql://db/logs?tls=off`,
      '9:11: warning: what the logs say would travel to "db" in the clear; remove tls=off',
    ],
    [
      `${SOUND}set fleet postgresql://db/logs?tls=off\nset fleet_password credential:x`,
      '9:11: error: a password that would be sent in the clear; remove tls=off',
    ],
    [`${SOUND}set fleet postgresql://db/logs?ca=/no/such`, '9:11: warning: cannot read the CA "/no/such"'],
    [
      `${SOUND}set fleet postgresql://db/logs\nset fleet_password /no/such`,
      '10:20: warning: cannot read the password "/no/such"',
    ],
  ])('says of %s', (lines, said) => {
    expect(read(conf(lines)).told.join('\n')).toContain(said);
  });

  it('is content with a zone of each queue that has a schedule', () => {
    const { told } = read(conf(`${MAIL}set fleet postgresql://db/logs\nset zone b Europe/Berlin`));
    expect(told).toEqual([]);
  });

  it('warns of a password that everybody can read', () => {
    const file = join(temporaryFolder(), 'password');
    writeFileSync(file, 'x');
    chmodSync(file, 0o644);
    const lines = `${SOUND}set fleet postgresql://db/logs\nset fleet_password ${file}`;
    expect(read(conf(lines)).codes).toEqual(['10:20 warning readable-password']);
  });
});

it.each([
  ['postgresql://u:SECRET@db/logs', 'an address with a password in it; leave the password out'],
  ['postgresql://u:SECRET/1@db/logs', 'an address with a password in it'],
  ['postgresql://u:SEC@RET@db/logs', 'an address with a password in it'],
  ['postgresql://u:SECRET?@db/logs', 'an address with a password in it'],
  ['postgresql://u:SECRET#@db/logs', 'an address with a password in it'],
  ['postgresql://u:5432/SECRET@db/logs', 'an address with a password in it'],
  ['postgrsql://u:SECRET@db/logs', 'an address with a password in it'],
  ['u:SECRET@db/logs', 'an address with a password in it'],
  ['mysql://u@db/logs', '"mysql://u@db/logs" as an address; write postgresql://'],
  ['postgresql://db:port/logs', '"db:port" as a host'],
  ['postgresql://a,b/logs', 'several hosts; name one that leads to the server that takes writes'],
  ['postgresql://db/logs?sslmode=disable', 'write tls=off'],
  ['postgresql://db/logs?sslmode=verify-full', 'write tls=required, which checks the certificate'],
  ['postgresql://db/logs?sslrootcert=x', 'write ca=FILE'],
  ['postgresql://db/logs?host=other', 'name the host before the database'],
  ['postgresql://db/logs?x=1', '"x=1" after the question mark; write tls=off, tls=required, ca=FILE or'],
  ['postgresql:///logs', 'postgresql:///DB?host=/run/postgresql for a Unix socket'],
  ['postgresql://db', 'no database; write postgresql://[USER@]HOST[:PORT]/DB'],
])('the fault of %s says: %s', (address, said) => {
  const told = read(conf(`set fleet ${address}`)).told.join('\n');
  expect(told).toContain(said);
  expect(told).not.toMatch(/SECRET|SEC@/);
});

it.each([
  'postgresql://db/logs',
  'postgresql://a%40b@db:6432/logs',
  'postgresql://[fd00::1]:6432/logs',
  'postgresql:///logs?host=/run/postgresql',
  'postgresql://me@:6432/logs?host=/run/postgresql',
])('%s is shown as it was written', (address) => {
  const { fleet } = sound(conf(`set fleet ${address}`));
  expect(fleet.value && showFleetAddress(fleet.value)).toBe(address);
});
