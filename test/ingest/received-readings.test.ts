import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Daemon } from '../../src/daemon/loop.js';
import { MAX_HOLD_TIME } from '../../src/source/file/segment.js';
import { freeUdpPort } from '../support/free-port.js';
import type { HeldClock } from '../support/held-clock.js';
import { entry, hasJournals, JournalFolder } from '../support/journal.js';
import { send } from '../support/send.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { daemonOn, letterIn, type Place, place } from './daemon-on.js';
import { configOf, open } from './open-receivers.js';

interface Receiving {
  readonly at: Place;
  readonly daemon: Daemon;
  readonly clock: HeldClock;
  letter(): Promise<string>;
  /** Closes the receivers. */
  close(): Promise<void>;
}

async function receiving(conf: (folder: string) => string, rules = ''): Promise<Receiving> {
  const at = place();
  const config = configOf(conf(at.folder), at.folder, rules);
  const { receivers, clock } = await open(config);
  const { daemon } = daemonOn(at, config, receivers);
  await daemon.poll();
  return {
    at,
    daemon,
    clock,
    close: () => receivers.close(),
    async letter() {
      await daemon.flush('now');
      return await letterIn(at);
    },
  };
}

const lines = ({ daemon }: Receiving): number => daemon.pending().reduce((sum, one) => sum + one.lines, 0);

describe('a FIFO is read as its path says', () => {
  async function fifo(conf: string, rules = ''): Promise<Receiving & { write(text: string): void }> {
    let path = '';
    const made = await receiving((folder) => {
      path = join(folder, 'app.fifo');
      execFileSync('mkfifo', [path]);
      return `set fifo ${path}\n${conf.replaceAll('FIFO', path)}`;
    }, rules);
    return { ...made, write: (text) => appendFileSync(path, text) };
  }

  it('its host, and entries of several lines, of which the last waits', async () => {
    const made = await fifo('set loghost FIFO shop1\nset multiline FIFO indent\n');
    made.write('Exception: no stock\n\tat Stock\n');
    made.write('\tat Shop\nup\n');
    await until(() => lines(made) === 1);
    made.clock.advance(MAX_HOLD_TIME);
    await until(() => lines(made) === 2);
    const letter = await made.letter();
    expect(letter).toContain('shop1');
    expect(letter).toContain('Exception: no stock at Stock at Shop');
    expect(letter).toMatch(/ up\b/);
  });

  it('what it holds is counted when it is closed', async () => {
    const made = await fifo('set loghost FIFO shop1\nset multiline FIFO indent\n');
    made.write('Exception: no stock\n');
    await made.daemon.poll();
    expect(lines(made)).toBe(0);
    await made.close();
    expect(lines(made)).toBe(1);
  });

  it('rules can ask for its path', async () => {
    const rules = 'set queue b f@x.org t@x.org [30 12 * * *]\ngroup_file app\\.fifo$\nb .*\ngroup_end\n';
    const made = await fifo('', rules);
    made.write('Nov 20 10:00:00 web1 x\n');
    await until(() => lines(made) === 1);
    expect(made.daemon.pending().map(({ queue }) => queue)).toEqual(['b']);
  });
});

it('a program is read as its path says; a line without a prefix is said now, by the host of the program', async () => {
  const made = await receiving((folder) => {
    const program = join(folder, 'logs');
    writeFileSync(program, '#!/bin/sh\nprintf "Exception: no stock\\n  at Stock\\nup\\n"\nexec sleep 1000\n');
    chmodSync(program, 0o700);
    return `set command ${program}\nset loghost ${program} shop1\nset multiline ${program} indent\n`;
  });
  await until(() => lines(made) === 1);
  made.clock.advance(MAX_HOLD_TIME);
  await until(() => lines(made) === 2);
  const letter = await made.letter();
  expect(letter).toContain('shop1');
  expect(letter).toContain('Exception: no stock at Stock');
});

describe('rules that ask for a priority', () => {
  const RULES = [
    'set queue b f@x.org t@x.org [30 12 * * *]',
    'group_priority ^auth\\.(?:err|crit)$',
    'b .*',
    'group_end',
    '',
  ].join('\n');
  const counts = ({ daemon }: Receiving): unknown =>
    Object.fromEntries(daemon.pending().map((one) => [one.queue, one.lines]));

  it.each([
    ['with a stamp and a host', '<35>Nov  2 11:00:00 web1 su: x', '<38>Nov  2 11:00:00 web1 su: x'],
    ['with nothing but a message', '<35>su: x', '<38>su: x'],
    [
      'of RFC 5424',
      '<35>1 2026-11-02T11:00:00Z web1 su - - - x',
      '<38>1 2026-11-02T11:00:00Z web1 su - - - x',
    ],
    ['with a stamp and no host', '<35>Nov  2 11:00:00 su[7]: x', 'Nov  2 11:00:00 su[7]: x'],
  ])('get datagrams %s', async (_, taken, other) => {
    const port = await freeUdpPort();
    const made = await receiving(() => `set listen 127.0.0.1:${port}\n`, RULES);
    await send(port, [taken, other]);
    await until(() => lines(made) === 2);
    expect(counts(made)).toEqual({ a: 1, b: 1 });
    expect(await made.letter()).not.toContain('<3');
  });

  it.skipIf(!hasJournals)('get entries of a journal', async () => {
    const journals = new JournalFolder(temporaryFolder());
    journals.write([
      entry(0, 'bad', { PRIORITY: '3', SYSLOG_FACILITY: '4' }),
      entry(1000, 'good', { PRIORITY: '6', SYSLOG_FACILITY: '4' }),
    ]);
    const made = await receiving(() => `set journal ${journals.folder}\nset start beginning\n`, RULES);
    await until(() => lines(made) === 2);
    expect(counts(made)).toEqual({ a: 1, b: 1 });
  });
});
