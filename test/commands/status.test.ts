import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openState } from '../../src/store/folder/open-state.js';
import { AS_NOBODY, canBeNobody } from '../support/as-nobody.js';
import { runCli } from '../support/run-cli.js';
import { launch, preparePlace } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const QUEUE = 'set queue a f@x.org t@x.org [now] S\na .*\n';

function place(conf: string): { readonly folder: string; readonly conf: string } {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const path = join(folder, 'my.conf');
  writeFileSync(path, conf);
  return { folder, conf: path };
}

/** A state that a daemon has left behind. */
function leaveState(folder: string): void {
  const state = openState(folder);
  if (!state.ok) throw new Error(state.reason);
  state.store.setMeta('daemon', { pid: 1, version: '0.0.7', config: '/before.conf', started: 1000 });
  state.store.end();
  state.release();
}

describe.each(['status', 'preview', 'letters'])('%s', (command) => {
  it('before the first start says so, and where there is no state', async () => {
    const { folder, conf } = place(`set uid root\nset state mine\nset logfile x.log\n${QUEUE}`);
    const { code, out, err } = await runCli([command, '-c', conf]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      new RegExp(
        `^tayori: tayori has not been started with ${conf} yet: there is no state in ${folder}/mine`,
      ),
    );
  });

  it('of a config that cannot be read looks into no other state', async () => {
    const { code, out, err } = await runCli([command, '-c', '/nowhere/my.conf']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^\/nowhere\/my\.conf:1:1: error: cannot read .*\n$/);
  });

  it('of a state that is not for this user to see says whose it is', async ({ skip }) => {
    if (!canBeNobody()) skip('only root can ask as somebody else');
    const { folder, conf } = place(`set state mine\nset logfile x.log\n${QUEUE}`);
    leaveState(join(folder, 'mine'));
    const { ended, err } = launch([command, '-c', conf], { through: AS_NOBODY });
    expect(await ended).toBe(1);
    expect(err()).toContain(`tayori: the state in ${folder}/mine is not for this user to see (EACCES`);
    expect(err()).toContain('run this as root, or as the user that tayori runs as');
  });
});

describe('status', () => {
  it('counts rules whose day has passed, and says who names them', async () => {
    const dated = (day: string): string => `#: n; until ${day}\na ^x ${day}\n`;
    const rules = `${dated('2001-01-31')}${dated('2002-01-31')}${dated('9999-12-31')}`;
    const { folder, conf } = place(`set state mine\nset logfile x.log\n${QUEUE.replace('a .*\n', rules)}`);
    leaveState(join(folder, 'mine'));
    const { code, out } = await runCli(['status', '-c', conf]);
    expect(code).toBe(0);
    expect(out).toContain(
      `\nThe day until which a rule is needed has passed for 2 rules; tayori check ${conf} names them.\n`,
    );
  });

  it('of a config with a fault tells the fault, and reads the state that it names', async () => {
    const { folder, conf } = place(`set frob\nset state mine\nset logfile x.log\n${QUEUE}`);
    leaveState(join(folder, 'mine'));
    const { code, out, err } = await runCli(['status', '-c', conf]);
    expect(code).toBe(0);
    expect(err).toContain(`${conf}:1:5: error: unknown directive "set frob"`);
    expect(out).toContain('The last one (0.0.7) was started');
    expect(out).toContain(`This goes by the config ${conf}.\nThe state is kept in ${folder}/mine.`);
  });

  it('tells that the daemon refused its config at a reload, until it takes it up', async () => {
    const { conf } = place('');
    const sound = `set uid root\nset state mine\nset logfile x.log\n${QUEUE}`;
    writeFileSync(conf, sound);
    const tayori = launch(['-f', '-c', conf]);
    await tayori.says('Mail goes to');
    const ask = async (...options: string[]): Promise<string> =>
      (await runCli(['status', '-c', conf, ...options])).out;
    expect(await ask()).not.toContain('refused');
    writeFileSync(conf, `set frob\n${sound}`);
    tayori.child.kill('SIGHUP');
    await tayori.says('the old one stays in force');
    await expect
      .poll(() => ask())
      .toMatch(
        /\nWarning: the config was refused at the reload of .*, and the one that was read .* is in force; tayori check .* says why:\n {2}\/.*my\.conf:1:5: error: unknown directive "set frob"/,
      );
    expect(JSON.parse(await ask('--json'))).toMatchObject({
      refusedReload: expect.stringMatching(/^\d{4}-.*Z$/),
      refusedReason: expect.stringContaining('my.conf:1:5: error: '),
      configRead: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    writeFileSync(conf, sound);
    tayori.child.kill('SIGHUP');
    await tayori.says('the new config is in force');
    await expect.poll(() => ask()).not.toContain('refused');
    expect(await tayori.end('SIGTERM')).toBe(0);
  });

  it('tells of an error in the config also where the daemon was not asked to read it, as by a reload of the service', async () => {
    const { conf } = place('');
    const sound = `set uid root\nset state mine\nset logfile x.log\n${QUEUE}`;
    writeFileSync(conf, sound);
    const tayori = launch(['-f', '-c', conf]);
    await tayori.says('Mail goes to');
    writeFileSync(conf, `${sound}set frob\n`);
    const { out } = await runCli(['status', '-c', conf]);
    expect(out).toMatch(
      /\nWarning: the config has an error now, and the one that was read .* is in force; tayori check .* says why:\n {2}\/.*my\.conf:6:5: error: unknown directive "set frob"/,
    );
    expect(await tayori.end('SIGTERM')).toBe(0);
    expect((await runCli(['status', '-c', conf])).out).not.toContain('Warning: the config');
  });

  it('by root tells why the daemon, which is another user, cannot read a log', async ({ skip }) => {
    if (!canBeNobody()) skip('only root can start a daemon as somebody else');
    const { conf, log, env, folder } = preparePlace(`set uid nobody\n${QUEUE}`);
    chmodSync(log, 0o600);
    const tayori = launch(['-f', '-c', conf], { env });
    await tayori.says('Mail goes to');
    const watched = async (): Promise<string> => (await runCli(['status', '-c', conf])).out;
    await expect.poll(watched).toContain(`${log}  EACCES: permission denied, open '${folder}/x.log'`);
    expect(await tayori.end('SIGTERM')).toBe(0);
  });
});

it.each([
  ['digest', ['-']],
  ['-p', []],
])('%s says which config it has taken, where none was named', async (command, words) => {
  const { err } = await runCli([command, ...words], 'x\n');
  expect(err).toMatch(/by the config \/.*tenshi\.conf; -c names another\n/);
});
