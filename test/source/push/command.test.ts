import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCommand } from '../../../src/source/push/command.js';
import type { SourceEvent } from '../../../src/source/source-event.js';
import { MAX_LINE_BYTES } from '../../../src/source/split-lines.js';
import { heldClock } from '../../support/held-clock.js';
import { collect } from '../../support/lines.js';
import { isRunning, pidIn } from '../../support/tayori.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

/** A program of this script, and what it prints. */
function command(script: string, ...args: string[]) {
  const folder = temporaryFolder();
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const clock = heldClock();
  const lines = collect<string>();
  const events = collect<SourceEvent>();
  const receiver = openCommand({
    path,
    args,
    clock,
    onLines: (more) => lines.add(...more),
    onEvent: (event) => events.add(event),
  });
  onTestFinished(() => receiver.close());
  return { receiver, clock, lines, events, folder, path };
}

describe('a program that runs on', () => {
  it('is started at the first poll, and its lines are taken from both of its outputs', async () => {
    const { receiver, lines, path } = command('echo one; echo two >&2; printf three; exec sleep 1000');
    expect(receiver.state()).toEqual({ name: `command ${path}`, status: 'not started yet' });
    await receiver.poll();
    expect((await lines.until(2)).sort()).toEqual(['one', 'two']);
    expect(receiver.state().status).toBe('runs');
  });

  it('gets its arguments as they stand: no shell reads them', async () => {
    const { receiver, lines } = command(
      'for word; do echo "$word"; done; exec sleep 1000',
      '$(id)',
      ';',
      "a'b",
      '*',
    );
    await receiver.poll();
    expect(await lines.until(4)).toEqual(['$(id)', ';', "a'b", '*']);
  });

  it('that ends is told once, with what it complained of, and started again after ever longer waits', async () => {
    const { receiver, clock, events, path } = command(
      'echo x >> "$0.runs"; printf "x\\nNo such container\\n" >&2; exit 3',
    );
    for (let second = 0; second < 130; second++) {
      await receiver.poll();
      await until(() => receiver.state().status.startsWith('the program ended'));
      clock.advance(1000);
    }
    const reason = 'the program ended with status 3: No such container';
    expect(events.all).toEqual([{ kind: 'command-ended', name: `command ${path}`, reason }]);
    expect(readFileSync(`${path}.runs`, 'utf8').length / 2).toBe(8); // after 1, 2, 4, 8, 16, 32, and then each 60 s
  });

  it('that ends well is started again, too, and its last line counts without a newline', async () => {
    const { receiver, clock, lines, events } = command('printf "a\\nb"');
    await receiver.poll();
    await events.until(1);
    expect(events.all[0]).toMatchObject({ reason: 'the program ended (status 0)' });
    clock.advance(1000);
    await receiver.poll();
    expect(await lines.until(4)).toEqual(['a', 'b', 'a', 'b']);
  });

  it.each([
    ['it is not there', '/no/such/program', [], /could not be started: .*ENOENT/],
    [
      'its arguments are too long for the system',
      '/bin/true',
      ['x'.repeat(3_000_000)],
      /could not be started: .*E2BIG/,
    ],
  ])('that cannot be started is told: %s', async (_, path, args, reason) => {
    const events = collect<SourceEvent>();
    const receiver = openCommand({
      path,
      args,
      clock: heldClock(),
      onLines: () => {},
      onEvent: (event) => events.add(event),
    });
    await receiver.poll();
    await events.until(1);
    expect(receiver.state().status).toMatch(reason);
  });

  it('counts as well again when it has run for a minute', async () => {
    const { receiver, clock, events, path } = command(
      '[ -e "$0.second" ] && exec sleep 1000; touch "$0.second"; exit 1',
    );
    await receiver.poll();
    await events.until(1);
    clock.advance(1000);
    await receiver.poll();
    expect(receiver.state().status).toBe('runs again; the program ended with status 1');
    clock.advance(60_000);
    await receiver.poll();
    expect(events.all[1]).toEqual({ kind: 'receiver-open', name: `command ${path}`, again: true });
    expect(receiver.state().status).toBe('runs');
  });

  it('ends with what reads it, its children with it', async () => {
    const { receiver, folder } = command(
      'sleep 1000 & echo $! > "$(dirname $0)/child"; echo $$ > "$(dirname $0)/pid"; wait',
    );
    await receiver.poll();
    const pid = await until(() => pidIn(join(folder, 'pid')));
    const child = await until(() => pidIn(join(folder, 'child')));
    await receiver.close();
    await until(() => !isRunning(pid) && !isRunning(child));
  });

  it('is killed where it does not want to end', async () => {
    const { receiver, folder, clock } = command(
      'trap "" TERM; echo $$ > "$(dirname $0)/pid"; while :; do sleep 0.05; done',
    );
    await receiver.poll();
    const pid = await until(() => pidIn(join(folder, 'pid')));
    const closed = receiver.close();
    clock.advance(2000);
    await closed;
    await until(() => !isRunning(pid));
  });

  it('that floods is read as fast as it can be, and a line without an end is cut', async () => {
    const { receiver, lines, events } = command(
      `yes x | head -100000; head -c ${MAX_LINE_BYTES * 4} /dev/zero | tr '\\0' y; echo; exec sleep 1000`,
    );
    await receiver.poll();
    await lines.until(100_001);
    expect(lines.all.at(-1)).toMatch(/^y+ \[cut: 1048576 bytes\]$/);
    expect(events.all).toEqual([expect.objectContaining({ kind: 'line-cut', bytes: MAX_LINE_BYTES * 4 })]);
  });
});
