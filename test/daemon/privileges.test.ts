import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linePrefix } from '../support/stamp.js';
import { end, isRunning, launch, MAIN, type Place, pidIn, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';

const QUEUE = 'set sleep 0\nset queue a f@x.org t@x.org [now] S\na ^user (\\w+)\n';
const LINE = `${linePrefix()}user ann\n`;

/** Who a process is, as proc(5) says: real, effective, saved and file system ids. */
function identity(
  pid: number,
  thread = pid,
): { uid: string; gid: string; groups: number[]; capabilities: string } {
  const text = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
  const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*?)\\s*$`, 'm').exec(text)?.[1] ?? '';
  const groups = field('Groups').split(' ').filter(Boolean).map(Number);
  return { uid: field('Uid'), gid: field('Gid'), groups, capabilities: field('CapEff') };
}

const four = (id: number): string => [id, id, id, id].join('\t');

function idOf(table: 'passwd' | 'group', name: string): { id: number; gid: number } {
  const row = readFileSync(`/etc/${table}`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const [, , id, gid] = (row ?? '').split(':').map(Number);
  return { id: id ?? -1, gid: gid ?? -1 };
}

const NOBODY = idOf('passwd', 'nobody');
const DAEMON = idOf('group', 'daemon').id;

/** Gives the program groups that it must let go of. */
const WITH_GROUPS = ['perl', '-e', '$) = "0 0 4 27 50"; exec @ARGV or die'];

/** Starts a program as nobody. */
const AS_NOBODY = [
  'perl',
  '-e',
  `$) = "${NOBODY.gid} ${NOBODY.gid}"; $( = ${NOBODY.gid}; $< = $> = ${NOBODY.id}; exec @ARGV or die`,
];

/** The user that the daemon becomes has to get at the program. */
function isReadByNobody(): boolean {
  const [program = '', ...words] = [...AS_NOBODY, 'test', '-r', MAIN];
  return spawnSync(program, words).status === 0;
}

const TESTED = process.getuid?.() === 0 && isReadByNobody();

if (!TESTED)
  process.stderr.write(
    'not root, or in a folder for root alone: the user and the groups of a daemon are not tested\n',
  );

async function daemonOf(place: Place, through: readonly string[] = []): Promise<number> {
  const starter = launch(['-c', place.conf], { env: place.env, through });
  expect(await starter.ended, starter.err()).toBe(0);
  return await until(() => pidIn(place.pidfile));
}

describe.runIf(TESTED)('started as root', () => {
  it.each([
    ['as a daemon', []],
    ['in the foreground', ['-f']],
    ['with -d', ['-d']],
  ])('%s and without set uid it refuses, and says what to write', async (_name, argv) => {
    const place = preparePlace(QUEUE);
    const tayori = launch([...argv, '-c', place.conf], { env: place.env });
    expect(await tayori.ended).toBe(1);
    expect(tayori.err()).toBe(
      'tayori: started as root, but the config does not name the user to become; ' +
        'write set uid NAME (an account that may read the logs), or set uid root to stay root\n',
    );
    expect(existsSync(join(place.folder, 'state'))).toBe(false);
    expect(existsSync(place.pidfile)).toBe(false);
  });

  it.each([
    ['check', ['check']],
    ['-C', ['-C', '-c']],
    ['digest', ['digest', '/dev/null', '-c']],
  ])('%s needs no set uid', async (_name, argv) => {
    const place = preparePlace(QUEUE);
    expect(await launch([...argv, place.conf]).ended).toBe(0);
  });

  it('-p and try need no set uid', async () => {
    const place = preparePlace(QUEUE);
    const profile = launch(['-p', '-c', place.conf]);
    profile.child.stdin?.end(LINE);
    expect(await profile.ended).toBe(0);
    const tried = launch(['try', '-c', place.conf]);
    await tried.says('tayori keeps reading');
  });

  it('set gid alone is not enough', async () => {
    const place = preparePlace(`set gid daemon\n${QUEUE}`);
    const tayori = launch(['-f', '-c', place.conf], { env: place.env });
    expect(await tayori.ended).toBe(1);
    expect(tayori.err()).toContain('the config does not name the user to become; write set uid NAME');
    expect(existsSync(join(place.folder, 'state'))).toBe(false);
  });

  it('check says that root needs it', async () => {
    const place = preparePlace(QUEUE);
    const check = launch(['check', place.conf]);
    await check.ended;
    expect(check.err()).toMatch(/tenshi\.conf:1:1: notice: no user to become, .*write set uid NAME/);
  });

  it('the pid file is /var/run/tenshi.pid, where nothing else is said', async ({ skip }) => {
    // In a mount namespace of its own /run is empty, and gone with the daemon.
    if (spawnSync('unshare', ['-m', 'true']).status !== 0) skip('mount namespaces are not ours to make here');
    const place = preparePlace(`set uid root\n${QUEUE}`);
    const text = readFileSync(place.conf, 'utf8');
    writeFileSync(place.conf, text.replace('set pidfile pid\n', ''));
    const script =
      'mount -t tmpfs none "$(realpath /var/run)" && "$@" && cp /var/run/tenshi.pid "$0" && ls /var/run';
    const starter = launch(['-c', place.conf], {
      env: place.env,
      through: ['unshare', '-m', 'sh', '-c', script, place.pidfile],
    });
    expect(await starter.ended, starter.err()).toBe(0);
    expect(starter.out().split('\n').slice(-2)).toEqual(['tenshi.pid', '']);
    const pid = pidIn(place.pidfile) ?? 0;
    expect(isRunning(pid)).toBe(true);
    await end(pid);
  });

  it('set uid root stays root', async () => {
    const place = preparePlace(`set uid root\n${QUEUE}`);
    expect(identity(await daemonOf(place))).toMatchObject({ uid: four(0), gid: four(0) });
  });

  it('it becomes the user for good, with none of the groups of root, and mails', async () => {
    const place = preparePlace(`set uid nobody\n${QUEUE}`);
    chmodSync(place.log, 0o644);
    const pid = await daemonOf(place, WITH_GROUPS);
    for (const thread of readdirSync(`/proc/${pid}/task`).map(Number))
      expect(identity(pid, thread)).toEqual({
        uid: four(NOBODY.id),
        gid: four(NOBODY.gid),
        groups: [NOBODY.gid],
        capabilities: '0000000000000000',
      });
    appendFileSync(place.log, LINE);
    await until(() => place.letters().length > 0);
    expect(statSync(join(place.folder, 'state')).uid).toBe(NOBODY.id);
    await end(pid);
    // Its folder is root's: what cannot be removed is emptied, and is no hindrance.
    expect(readFileSync(place.pidfile, 'utf8')).toBe('');
    await daemonOf(place);
  });

  it('with set gid it has that group, too, in the foreground as well', async () => {
    const place = preparePlace(`set uid ${NOBODY.id}\nset gid daemon\n${QUEUE}`);
    const tayori = launch(['-f', '-c', place.conf, '-P', place.pidfile], { through: WITH_GROUPS });
    await tayori.says('Mail goes to');
    const pid = pidIn(place.pidfile) ?? 0;
    expect(identity(pid)).toMatchObject({ uid: four(NOBODY.id), gid: four(DAEMON), groups: [DAEMON] });
  });

  it("it has the user's own other groups", async ({ skip }) => {
    // In a mount namespace of its own /etc/group says that nobody is of the group bin.
    if (spawnSync('unshare', ['-m', 'true']).status !== 0) skip('mount namespaces are not ours to make here');
    const place = preparePlace(`set uid nobody\n${QUEUE}`);
    const groups = join(place.folder, 'group');
    const changed = readFileSync('/etc/group', 'utf8').replace(/^(bin:.*:)(.*)$/m, '$1nobody');
    writeFileSync(groups, changed);
    const script = `mount --bind '${groups}' /etc/group && exec "$@"`;
    const pid = await daemonOf(place, ['unshare', '-m', 'sh', '-c', script, 'sh', ...WITH_GROUPS]);
    const expected = [NOBODY.gid, idOf('group', 'bin').id];
    expect(identity(pid).groups.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
  });

  it('no log is read before: one for root alone cannot be, and that is told on the terminal', async () => {
    const place = preparePlace(`set uid nobody\nset start beginning\n${QUEUE}`);
    writeFileSync(place.log, LINE);
    chmodSync(place.log, 0o600);
    const starter = launch(['-c', place.conf], { env: place.env });
    expect(await starter.ended).toBe(0);
    expect(starter.err()).toMatch(/x\.log: cannot be read \(.*EACCES/);
    await end(await until(() => pidIn(place.pidfile)));
    expect(place.letters()).toEqual([]);
  });

  it('it hands over a state that an earlier tayori kept as root', async () => {
    const place = preparePlace(`set uid root\n${QUEUE}`);
    const first = await daemonOf(place);
    appendFileSync(place.log, LINE);
    await until(() => place.letters().length > 0);
    await end(first);
    const state = join(place.folder, 'state');
    chmodSync(state, 0o755);
    chmodSync(join(state, 'tayori.db'), 0o644); // as versions before kept it
    place.configure(`set uid nobody\n${QUEUE}`);
    await daemonOf(place);
    appendFileSync(place.log, LINE);
    await until(() => place.letters().length > 1);
    for (const name of ['tayori.db', 'Maildir', 'Maildir/new'])
      expect(statSync(join(state, name)).uid, name).toBe(NOBODY.id);
    const modes = ['.', 'tayori.db', 'tayori.db-wal', 'lock'].map(
      (name) => statSync(join(state, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
  });

  it.each<[string, (folder: string) => void]>([
    ['holds what is not ours', (folder) => writeFileSync(join(folder, 'theirs'), '')],
    ['others may write into', (folder) => chmodSync(folder, 0o1777)],
  ])('it does not hand over a folder that %s', async (_name, prepare) => {
    const place = preparePlace(`set uid nobody\n${QUEUE}`);
    const state = join(place.folder, 'state');
    mkdirSync(state);
    symlinkSync(place.conf, join(state, 'tayori.db-wal'));
    prepare(state);
    const starter = launch(['-c', place.conf], { env: place.env });
    await starter.ended;
    expect(statSync(state).uid).toBe(0);
    expect(statSync(place.conf).uid).toBe(0);
    pidIn(place.pidfile);
  });

  it('a state folder that the user may not write is told in words, with status 1', async () => {
    const place = preparePlace(`set uid nobody\n${QUEUE}`);
    mkdirSync(join(place.folder, 'state'));
    writeFileSync(join(place.folder, 'state', 'theirs'), '');
    const starter = launch(['-c', place.conf], { env: place.env });
    expect(await starter.ended).toBe(1);
    expect(starter.err()).toMatch(/the state folder .* cannot be used/);
  });

  it.each(['.', 'conf', 'dist'])(
    'a program whose %s the user may not read is told before it is too late',
    async (closed) => {
      const place = preparePlace(`set uid nobody\n${QUEUE}`);
      const program = join(place.folder, 'program');
      mkdirSync(program);
      const root = dirname(dirname(MAIN));
      for (const name of ['dist', 'conf', 'package.json'])
        cpSync(join(root, name), join(program, name), { recursive: true });
      symlinkSync(join(root, 'node_modules'), join(program, 'node_modules'));
      chmodSync(join(program, closed), 0o700);
      const main = join(program, 'dist', 'main.js');
      const { status, stderr } = spawnSync(process.execPath, [main, '-c', place.conf], { encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stderr).toContain("nobody (set uid) may not read tayori's own files");
    },
  );

  it('a user that is not there is a fault of the config, with its place', async () => {
    const place = preparePlace(`set uid no-such-user\nset gid no-such-group\n${QUEUE}`);
    const starter = launch(['-c', place.conf], { env: place.env });
    expect(await starter.ended).toBe(1);
    expect(starter.err()).toContain('tenshi.conf:5:9: error: unknown user "no-such-user"');
    expect(starter.err()).toContain('tenshi.conf:6:9: error: unknown group "no-such-group"');
  });
});

describe.runIf(TESTED)('started as somebody else', () => {
  it('set uid and set gid count for nothing, and check says so', async () => {
    const place = preparePlace(`set uid root\nset gid daemon\nset state home/state\n${QUEUE}`);
    mkdirSync(join(place.folder, 'home'), { mode: 0o777 });
    chmodSync(join(place.folder, 'home'), 0o777);
    const check = launch(['check', place.conf], { through: AS_NOBODY });
    expect(await check.ended).toBe(0);
    for (const where of ['5:9', '6:9'])
      expect(check.err()).toContain(
        `tenshi.conf:${where}: notice: this only takes effect when root starts tayori`,
      );
    const tayori = launch(['-f', '-c', place.conf], { through: AS_NOBODY });
    await tayori.says('Mail goes to');
    expect(identity(tayori.child.pid ?? 0)).toMatchObject({
      uid: four(NOBODY.id),
      gid: four(NOBODY.gid),
      groups: [NOBODY.gid],
    });
  });
});
