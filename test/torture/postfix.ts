import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import type { Arrived, LetterBox, Power } from './letter-box.js';

/** Why a Postfix of one's own cannot be run here, in words; null when it can. */
export function whyNoPostfix(): string | null {
  if (spawnSync('postconf', ['-d', 'mail_version']).status !== 0) return 'postfix is not installed';
  if (process.getuid?.() !== 0) return 'postfix starts for root only';
  return null;
}

/** Postfix's own user and programs; the rest of its config is ours. */
const MASTER = `
smtp-port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;

/**
 * A real Postfix on loopback, with folders of its own, that delivers into a Maildir; it can be stopped and started, and
 * ends with the test.
 */
export async function openPostfix(): Promise<LetterBox> {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const port = await freePort();
  const conf = join(folder, 'etc');
  const box = join(folder, 'mail', 'box');
  prepare(folder, port);
  const control = (word: string): void => void execFileSync('postfix', ['-c', conf, word], { stdio: 'pipe' });
  let running = false;
  const known = new Map<string, Arrived>();
  const power: Power = {
    off() {
      if (running) control('stop');
      running = false;
    },
    on() {
      if (!running) control('start');
      running = true;
    },
  };
  const postfix: LetterBox = {
    port,
    get arrived() {
      for (const name of list(join(box, 'new')).filter((one) => !known.has(one)))
        known.set(name, { ...readLetter(join(box, 'new', name)), start: known.size });
      return [...known.values()];
    },
    onTaken: null,
    start: 0,
    power,
  };
  onTestFinished(() => power.off());
  power.on();
  const watch = setInterval(() => {
    if (postfix.onTaken && list(join(box, 'new')).length > known.size) postfix.onTaken();
  }, 20);
  onTestFinished(() => clearInterval(watch));
  return postfix;
}

function prepare(folder: string, port: number): void {
  for (const name of ['etc', 'spool', 'data', 'mail']) mkdirSync(join(folder, name));
  const owner = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }));
  const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  chownSync(join(folder, 'data'), owner, owner);
  chownSync(join(folder, 'mail'), nobody, nobody);
  writeFileSync(join(folder, 'etc', 'master.cf'), MASTER.replace('smtp-port', `127.0.0.1:${port}`));
  writeFileSync(
    join(folder, 'etc', 'main.cf'),
    `compatibility_level = 3.6
queue_directory = ${join(folder, 'spool')}
data_directory = ${join(folder, 'data')}
maillog_file = ${join(folder, 'postfix.log')}
maillog_file_prefixes = ${folder}
myhostname = mail.x.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtpd_tls_security_level = none
smtpd_relay_restrictions = permit_mynetworks, reject
virtual_transport = virtual
virtual_mailbox_domains = x.org
virtual_mailbox_base = ${join(folder, 'mail')}
virtual_mailbox_maps = static:box/
virtual_minimum_uid = 1
virtual_uid_maps = static:${nobody}
virtual_gid_maps = static:${nobody}
`,
  );
}

/** A letter as it was handed over: without the lines that Postfix puts before it. */
function readLetter(path: string): Pick<Arrived, 'raw' | 'messageId'> {
  const raw = readFileSync(path, 'latin1').replace(
    /^(?:(?:Return-Path|X-Original-To|Delivered-To|Received):.*\n(?:[ \t].*\n)*)+/,
    '',
  );
  return { raw, messageId: /^Message-ID: (.*)$/im.exec(raw)?.[1] ?? '' };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no letter has come yet
  }
}
