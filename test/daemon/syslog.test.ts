import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Syslog } from '../../src/daemon/syslog.js';
import { heldClock } from '../support/held-clock.js';
import { setPath } from '../support/set-path.js';
import { isRunning, kill } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

/** Puts a logger first on the path that does what `script` says, with $LOG as the file to write to. */
function withLogger(script: string): { readonly told: () => string } {
  const folder = temporaryFolder();
  const log = join(folder, 'log');
  writeFileSync(log, '');
  writeFileSync(join(folder, 'logger'), `#!/bin/sh\nLOG='${log}'\n${script}\n`, { mode: 0o755 });
  setPath(`${folder}:${process.env.PATH}`);
  return { told: () => readFileSync(log, 'utf8') };
}

const KEEPS = 'echo "$$ $*" >> "$LOG"; exec cat >> "$LOG"';

it('tells line by line, through one logger, which is done when the end is', async () => {
  const { told } = withLogger(KEEPS);
  const syslog = new Syslog(heldClock());
  syslog.write('one\n');
  syslog.write('two\n\nthree\n');
  await syslog.end();
  expect(told().replace(/^\d+ /, '')).toBe(`-t tayori[${process.pid}] -p daemon.notice\none\ntwo\nthree\n`);
});

it('starts another logger when one has died, after a rest, and tells what could not be told', async () => {
  const { told } = withLogger(KEEPS);
  const clock = heldClock();
  const syslog = new Syslog(clock);
  syslog.write('one');
  await until(() => told().includes('one'));
  const pid = Number.parseInt(told(), 10);
  process.kill(pid, 'SIGKILL');
  await until(() => !isRunning(pid));
  await until(() => {
    clock.advance(100); // long before it has rested, its death is known
    syslog.write('two');
    return /-t tayori.*-t tayori/s.test(told());
  });
  await syslog.end();
  expect(told()).toMatch(/notice\n(?:\d+) messages could not be logged\ntwo\n(?:two\n)*$/);
});

it('a logger that dies at once is not started again and again', async () => {
  const { told } = withLogger('echo started >> "$LOG"');
  const clock = heldClock();
  const syslog = new Syslog(clock);
  for (let at = 0; at < 5; at++) {
    syslog.write('x');
    await until(() => told());
    await new Promise(setImmediate);
  }
  expect(told()).toBe('started\n');
  clock.advance(10_000);
  await until(() => {
    syslog.write('x');
    return told() === 'started\nstarted\n';
  });
  await syslog.end();
});

it('for a logger that has stopped reading only so much is kept, and how much was not is told', async () => {
  const { told } = withLogger(KEEPS);
  const syslog = new Syslog(heldClock());
  syslog.write('x');
  await until(() => told().endsWith('x\n'));
  const pid = Number.parseInt(told(), 10);
  onTestFinished(() => kill(pid, 'SIGKILL'));
  process.kill(pid, 'SIGSTOP');
  for (let at = 0; at < 5000; at++) syslog.write('x'.repeat(999));
  process.kill(pid, 'SIGCONT');
  await until(() => {
    syslog.write('last');
    return told().includes('last');
  });
  await syslog.end();
  const untold = Number(/^(\d+) messages could not be logged\nlast$/m.exec(told())?.[1]);
  const kept = told().match(/^x{999}$/gm)?.length ?? 0;
  expect(kept * 1000).toBeLessThan(1024 * 1024);
  expect(kept + untold).toBeGreaterThanOrEqual(5000);
});

it('a logger that never ends does not keep the daemon from ending', async () => {
  const { told } = withLogger('echo "$$" >> "$LOG"; exec sleep 1000');
  const clock = heldClock();
  const syslog = new Syslog(clock);
  syslog.write('x');
  const pid = Number(await until(() => told().trim()));
  onTestFinished(() => kill(pid, 'SIGKILL'));
  const ended = syslog.end();
  clock.advance(2000);
  await ended;
});

it('without a logger nothing breaks', async () => {
  setPath(temporaryFolder());
  const syslog = new Syslog(heldClock());
  syslog.write('x');
  await new Promise(setImmediate);
  syslog.write('y');
  await syslog.end();
});
