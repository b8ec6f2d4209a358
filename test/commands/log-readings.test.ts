import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TRACE = 'Exception: no stock\n\tat Stock.take(Stock.java:17)\nup\n';
const JOINED = 'Exception: no stock at Stock.take(Stock.java:17)';

/** A config for logs in a folder of their own, and a log there. */
function given(name: string, content: string | Buffer, conf: string) {
  const folder = temporaryFolder();
  const log = join(folder, name);
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, content);
  const path = join(folder, 'tenshi.conf');
  writeFileSync(
    path,
    `set logfile ${folder}/*/*.log*
set letter plain
set queue a f@x.org t@x.org [30 12 * * *]
set queue noprefix f@x.org t@x.org [30 12 * * *]
${conf.replaceAll('FOLDER', folder)}
`,
  );
  return { log, path };
}

const CONF = `set loghost FOLDER/*/* /([^/]+)/[^/]+$
set multiline FOLDER/*/* indent
`;

describe('commands that read logs to their ends read them as the daemon does', () => {
  it.each([
    ['as it is', 'app.log', TRACE],
    ['packed', 'app.log.1.gz', gzipSync(TRACE)],
    ['without a newline at its end', 'app.log', TRACE.trimEnd()],
  ])('digest: a log %s', async (_, name, content) => {
    const { log, path } = given(`shop1/${name}`, content, `${CONF}a .*\n`);
    const { code, out, err } = await runCli(['digest', '-v', '-c', path, log]);
    expect(out).toContain(`shop1: \n    1: ${JOINED}\n    1: up\n`);
    expect(err).toContain('2 lines read, 0 without a known prefix');
    expect(err).toContain('2 by set loghost');
    expect(code).toBe(0);
  });

  it('digest: a path that is relative', async () => {
    const { log, path } = given('shop1/app.log', TRACE, `${CONF}a .*\n`);
    const { out } = await runCli(['digest', '-c', path, relative(process.cwd(), log)]);
    expect(out).toContain(JOINED);
  });

  it('digest: standard input has no path', async () => {
    const { path } = given('shop1/app.log', TRACE, `${CONF}a .*\n`);
    const { out } = await runCli(['digest', '-c', path, '-'], TRACE);
    expect(out).toContain('[unprefixed logs]: ');
    expect(out).not.toContain(JOINED);
  });

  it('digest: groups ask for the file', async () => {
    const { log, path } = given(
      'shop1/app.log',
      'Nov 20 10:00:00 web1 x\n<35>Nov 20 10:00:00 web1 y\n',
      'group_file /shop1/\na x|y\ngroup_end\n',
    );
    const { out } = await runCli(['digest', '-c', path, log]);
    expect(out).toContain('web1: \n    1: x\n    1: y\n');
  });

  it('suggest: an entry of several lines is one message, and a line without a prefix one, too', async () => {
    const some = Array.from({ length: 30 }, (_, n) => `Exception: no stock of ${n}\n  at Stock.take(${n})\n`);
    const { log, path } = given('shop1/app.log', some.join(''), CONF);
    const { out, err } = await runCli(['suggest', '-c', path, log]);
    expect(out).toMatch(/^#> Exception: no stock of \d+ at Stock\.take\(\d+\)$/m);
    expect(err).not.toContain('without a known prefix');
  });

  it.each([
    [
      'a glob that no log matches',
      'set loghost /elsewhere/*.log h\n',
      ':5:13: warning: no set logfile, fifo or command matches "/elsewhere/*.log"; write the path of a log, or a glob',
    ],
    [
      'a glob of a decoder that no log matches',
      'set decode /elsewhere/*.log audit\n',
      'warning: no set logfile, fifo or command matches "/elsewhere/*.log"',
    ],
    ['a bad regex', 'set multiline FOLDER/*/* ^(a\n', ': error: '],
    [
      'a regex that finds no host',
      'set loghost FOLDER/*/*.log (nothing)\n',
      'a regex that finds no host in ',
    ],
    [
      'a host that is none',
      'set loghost FOLDER/*/*.log sshd[1]\n',
      'error: "sshd[1]" as a host; write a name, or a regex with the host in (...)',
    ],
  ])('check tells of %s', async (_, conf, words) => {
    const { path } = given('shop1/app.log', TRACE, `${conf}a .*\n`);
    const { err } = await runCli(['check', '-c', path]);
    expect(err).toContain(words);
  });
});
