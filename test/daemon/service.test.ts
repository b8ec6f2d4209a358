import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { linePrefix } from '../support/stamp.js';
import { type Launched, launch, type Place, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';

const SERVICE = fileURLToPath(new URL('../service.pl', import.meta.url));
const CONFIG =
  'set uid root\nset flush_on_signal off\nset sleep 1\nset queue a f@x.org t@x.org [30 12 * * *] S\na ^user (\\w+)\n';

type Channel = 'descriptor' | 'program' | 'broken';

interface Service extends Launched {
  readonly place: Place;
  /** What the service manager was told: messages, made of lines. */
  told(): string[][];
}

/** tayori as systemd starts it. `patience`: WatchdogSec=, in s; 0: none. */
function startService(channel: Channel, patience: number, conf = CONFIG): Service {
  const place = preparePlace(conf);
  const through = ['perl', SERVICE, place.folder, channel, String(patience * 1e6)];
  const file = join(place.folder, 'told');
  return {
    ...launch(['-f', '-c', place.conf], { through }),
    place,
    told: () =>
      (existsSync(file) ? readFileSync(file, 'utf8') : '')
        .split('\n\n')
        .slice(0, -1)
        .filter((text) => text !== 'BARRIER=1') // systemd-notify waits until that was read
        .map((text) => text.split('\n')),
  };
}

const hasNotify = spawnSync('systemd-notify', ['--version']).status === 0;
const CHANNELS = hasNotify ? (['descriptor', 'program'] as const) : (['descriptor'] as const);

describe.each(CHANNELS)('a service whose messages go by a %s', (channel) => {
  it('tells that it is ready once logs are followed, that it reloads, and that it stops', async () => {
    const service = startService(channel, 0);
    await until(() => service.told().length > 0);
    expect(service.told()).toEqual([
      ['READY=1', expect.stringMatching(/^STATUS=follows 1 of 1 log; next letter: a, \w+ \d\d \w+, 12:30$/)],
    ]);
    const before = process.hrtime.bigint() / 1000n;
    service.child.kill('SIGHUP');
    await until(() => service.told().length > 2);
    const [, reloading, ready] = service.told();
    expect(reloading).toEqual([
      'RELOADING=1',
      expect.stringMatching(/^MONOTONIC_USEC=\d+$/),
      'STATUS=reloading',
    ]);
    const at = BigInt(reloading?.[1]?.split('=')[1] ?? 0);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(process.hrtime.bigint() / 1000n);
    expect(ready?.[0]).toBe('READY=1');
    expect(await service.end('SIGTERM')).toBe(0);
    await until(() => service.told().length > 3);
    expect(service.told()[3]).toEqual(['STOPPING=1', 'STATUS=stopping']);
    expect(service.told()).toHaveLength(4);
    expect(service.err()).not.toContain('service manager');
  });

  it('gives signs of life, which say how things stand', async () => {
    const service = startService(
      channel,
      1,
      `${CONFIG}set queue n f@x.org t@x.org [now] N\nn ^disk\nset mailserver sendmail:/bin/false\n`,
    );
    const alive = (): string[] =>
      service
        .told()
        .filter(([first]) => first === 'WATCHDOG=1')
        .map(([, status = '']) => status);
    await until(() => alive().length > 1);
    appendFileSync(service.place.log, `${linePrefix()}disk\n`);
    await until(() => alive().some((status) => status.includes('; 1 letter on the way; ')));
    expect(await service.end('SIGTERM')).toBe(0);
  });
});

describe('a service', () => {
  it.skipIf(!hasNotify)('runs systemd-notify when the descriptor takes no messages', async () => {
    const service = startService('broken', 0);
    await until(() => service.told().length > 0);
    expect(service.told()[0]?.[0]).toBe('READY=1');
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.err()).not.toContain('service manager');
  });

  it('says of a config that it has refused that the old one is in force, until one is sound', async () => {
    const service = startService('descriptor', 0);
    await until(() => service.told().length > 0);
    writeFileSync(service.place.conf, 'set frob\n');
    service.child.kill('SIGHUP');
    await until(() => service.told().length > 2);
    expect(service.told()[2]).toEqual([
      'READY=1',
      expect.stringMatching(
        /; the changed config was not accepted, so the old one stays in force: \/.*:1:1: error: no queue at all/,
      ),
    ]);
    service.place.configure(CONFIG);
    service.child.kill('SIGHUP');
    await until(() => service.told().length > 4);
    expect(service.told()[4]).toEqual(['READY=1', expect.not.stringContaining('refused')]);
    await service.end('SIGTERM');
  });

  it('hands neither the socket nor what names it to the programs that it runs', async () => {
    const conf = `${CONFIG}set queue n f@x.org t@x.org [now] N\nset filter n /bin/sh FILE\nn ^disk\n`;
    const service = startService('descriptor', 60);
    const script = join(service.place.folder, 'filter');
    const seen = join(service.place.folder, 'seen');
    writeFileSync(script, `{ /usr/bin/env; /bin/ls -l /proc/$$/fd; } > '${seen}'\necho done\n`);
    await until(() => service.told().length > 0);
    service.place.configure(conf.replace('FILE', script));
    service.child.kill('SIGHUP');
    await until(() => service.told().length > 2);
    appendFileSync(service.place.log, `${linePrefix()}disk\n`);
    await until(() => service.place.letters().length > 0);
    const text = readFileSync(seen, 'utf8');
    expect(text).toContain('PATH=');
    expect(text).not.toMatch(/NOTIFY|WATCHDOG|LISTEN_|\b3 ->/);
    await service.end('SIGTERM');
  });

  it('works on, and says why once, when the service manager cannot be told', async () => {
    const place = preparePlace(CONFIG);
    const env = { NOTIFY_SOCKET: join(place.folder, 'nobody'), WATCHDOG_USEC: '300000' };
    const tayori = launch(['-f', '-c', place.conf], { env });
    await tayori.says('cannot notify the service manager: ');
    appendFileSync(place.log, `${linePrefix()}user ann\n`);
    tayori.child.kill('SIGUSR2');
    await until(() => place.letters().length > 0);
    expect(await tayori.end('SIGTERM')).toBe(0);
    expect(tayori.err().match(/service manager/g)).toHaveLength(1);
  });

  it.each([
    ['that has its rights by its group, where the service may not take it', 0o2755, ['--no-new-privs'], true],
    ['that has its rights by its group, where the service may', 0o2755, [], false],
    ['that needs no rights', 0o755, ['--no-new-privs'], false],
  ] as const)('tells of a sendmail program %s', async (_, mode, how, isTold) => {
    const place = preparePlace(CONFIG);
    const program = join(place.folder, 'sendmail');
    writeFileSync(program, '#!/bin/sh\ncat > /dev/null\n');
    chmodSync(program, mode);
    place.configure(`${CONFIG}set mailserver sendmail:${program}\n`);
    const tayori = launch(['-f', '-c', place.conf], { through: ['setpriv', '--reuid', '0', ...how] });
    await tayori.says('Mail goes to');
    expect(await tayori.end('SIGTERM')).toBe(0);
    const hasPostdrop = existsSync('/usr/sbin/postdrop'); // Postfix's sendmail would have its rights by that
    expect(tayori.err().includes('sendmail cannot send: it must change its user or group')).toBe(
      isTold || (hasPostdrop && how.length > 0),
    );
  });

  it('does not take descriptors and watchdogs of another process for its own', async () => {
    const place = preparePlace(CONFIG);
    const env = { LISTEN_PID: '1', LISTEN_FDS: '1', LISTEN_FDNAMES: 'notify', WATCHDOG_USEC: '300000' };
    const tayori = launch(['-f', '-c', place.conf], { env });
    await tayori.says('Mail goes to');
    expect(await tayori.end('SIGTERM')).toBe(0);
    expect(tayori.err()).not.toContain('service manager');
  });
});
