import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const QUEUE = 'set queue a f@x.org t@x.org [now] S\na .*\n';

/** A folder that any user may enter, with a config of these lines. */
function place(lines: string): { readonly folder: string; readonly conf: string } {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(conf, `set uid root\n${lines}${QUEUE}`);
  writeFileSync(join(folder, 'auth.log'), 'x\n');
  return { folder, conf };
}

async function told(conf: string, folder: string): Promise<string[]> {
  const { code, err } = await runCli(['check', conf]);
  expect(code).toBe(0);
  const lines = err.replaceAll(`${folder}/`, '').trimEnd().split('\n');
  return lines.filter((line) => /: the log |: no file |: no log |may not read/.test(line));
}

describe('check tells of a log', () => {
  it('that is not there, and which one may be meant', async () => {
    const { folder, conf } = place('set logfile auht.log\n');
    expect(await told(conf, folder)).toEqual([
      'tenshi.conf:1:1: warning: no log can be read now, so there is nothing to tell in letters; see below; if logs are only in the journal, write set journal',
      'tenshi.conf:2:13: notice: the log "auht.log" is not there; did you mean auth.log? As it stands, it is awaited',
    ]);
  });

  it('that is not there beside others, and names no rotated file, none that is followed, and no record', async () => {
    const { folder, conf } = place('set logfile auth.log\nset logfile auth.lo\nset logfile maillog\n');
    for (const name of ['auth.lo.1', 'auth.lo-1', 'faillog']) writeFileSync(join(folder, name), '');
    expect(await told(conf, folder)).toEqual([
      'tenshi.conf:3:13: notice: the log "auth.lo" is not there; it is awaited; remove the line if this machine has none of that name',
      'tenshi.conf:4:13: notice: the log "maillog" is not there; it is awaited; remove the line if this machine has none of that name',
    ]);
  });

  it('that is a folder or a FIFO, and of a glob that matches nothing', async () => {
    const { folder, conf } = place('set logfile auth.log\nset logfile d\nset logfile p\nset logfile *.nix\n');
    mkdirSync(join(folder, 'd'));
    execFileSync('mkfifo', [join(folder, 'p')]);
    expect(await told(conf, folder)).toEqual([
      'tenshi.conf:3:13: warning: the log "d", which is a folder; name files: d/*.log',
      'tenshi.conf:4:13: warning: the log "p", which is a FIFO; write set fifo p',
      'tenshi.conf:5:13: notice: no file matches "*.nix" now; those that come to are taken up',
    ]);
  });

  it('that the user of set uid may not read, though root asks; of a thousand it names five', async ({
    skip,
  }) => {
    if (process.geteuid?.() !== 0) skip('only root can ask for another user');
    const { folder, conf } = place('set logfile auth.log\nset logfile *.secret\n');
    writeFileSync(conf, `set uid nobody\nset logfile auth.log\nset logfile *.secret\n${QUEUE}`);
    for (let at = 1; at <= 7; at++) writeFileSync(join(folder, `${at}.secret`), 'x', { mode: 0o600 });
    const { ended, err, out } = launch(['check', conf]);
    expect(await ended).toBe(0);
    expect(out()).toContain('sound');
    const denied = err()
      .split('\n')
      .filter((line) => line.includes('nobody may not read'));
    expect(denied).toHaveLength(5);
    expect(denied[0]).toContain(`:3:13: warning: nobody may not read the log "${folder}/1.secret" (EACCES`);
    expect(denied[0]).toContain('; let it: usermod -aG adm nobody on Debian, else setfacl -m u:nobody:r ');
    expect(err()).toContain(':3:13: warning: 2 more files like those above; mend those first');
  });

  it('that can be read: nothing', async () => {
    const { folder, conf } = place('set logfile auth.log\n');
    expect(await told(conf, folder)).toEqual([]);
  });
});
