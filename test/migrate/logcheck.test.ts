import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { folderOf, type Imported, importFrom } from './imported.js';
import { linesOfRules } from './random-lines.js';
import { askLogcheck, DEBIAN_RULES, logcheckIsHere, type Section } from './real-logcheck.js';

const r = String.raw;
const P = r`^(\w{3} [ :0-9]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ `;

const logcheckFolder = (files: Readonly<Record<string, string>>): string => folderOf('logcheck', files);

interface Letter {
  readonly queue: Section;
  readonly hosts: readonly { readonly messages: readonly { readonly message: string }[] }[];
}

/** In which queue each text of a log comes, by the config. Texts in none are not among them. */
async function askTayori(config: string, log: readonly string[]): Promise<Map<string, Section>> {
  const { out } = await runCli(['digest', '-c', config, '--format', 'json', '-'], `${log.join('\n')}\n`);
  const found = new Map<string, Section>();
  for (const { queue, hosts } of JSON.parse(out) as Letter[])
    for (const { messages } of hosts) for (const { message } of messages) found.set(message, queue);
  return found;
}

/** Lines with the section of each; null: in none. */
function told(log: readonly string[], sectionOf: (line: string) => Section | undefined): string[] {
  return log.map((line) => `${sectionOf(line) ?? '-'} ${line}`);
}

const textOf = (line: string): string => line.replace(/^(?:\w{3} [ :\d]{11}|\S{32}) \S+ /, '');

const importFolder = (path: string): Promise<Imported> => importFrom('logcheck', path);

const LAYERS = {
  'cracking.d/tftpd': r`tftpd\[[0-9]+\]: refused`,
  'violations.d/kernel': `${P}kernel: .*error$\n`,
  'violations.d/su': `${P}su: .*$\n`,
  'violations.d/login': `${P}(su|login): .*FAILED.*$\n`,
  'violations.d/logcheck': `alert\n`,
  'violations.ignore.d/logcheck-su': `${P}su: .*opened$\n${P}su: .*FAILED x$\n`,
  'violations.ignore.d/kernel': r`(cosmic) \1 error`,
  'violations.ignore.d/local': `quiet\n`,
  'violations.ignore.d/other': `alert off\n`,
  'ignore.d.paranoid/cron': `${P}cron: .*$\n`,
  'ignore.d.server/ssh': `${P}sshd: .*$\n ntpd: \n`,
  'ignore.d.workstation/x': `${P}x: .*$\n`,
};

const LINES: readonly (readonly [Section | '-', string])[] = [
  ['attack', 'tftpd[1]: refused connect'],
  ['violations', 'kernel: an error'],
  ['violations', 'kernel: an error  '],
  ['unusual', 'kernel: an error occurred'],
  ['-', 'kernel: cosmic cosmic error'],
  ['-', 'kernel: quiet error'],
  ['violations', 'su: anything'],
  ['-', 'su: session opened'],
  ['violations', 'su: FAILED x'],
  ['-', 'su: quiet'],
  ['violations', 'login: FAILED'],
  ['unusual', 'login: fine'],
  ['violations', 'cron: alert'],
  ['-', 'cron: alert off'],
  ['-', 'cron: run'],
  ['-', 'sshd: hello'],
  ['-', 'ntpd: time'],
  ['unusual', 'xntpd: time'],
  ['unusual', 'x: started'],
];
const LOG = LINES.map(([, text], at) => `Nov 30 12:00:${String(at).padStart(2, '0')} web1 ${text}`);
const EXPECTED = LINES.map(([section], at) => `${section} ${LOG[at]}`);

describe('import logcheck', () => {
  it('keeps the layers: what each reports, and what is ignored for one file, for all, or usual', async () => {
    const { config, code } = await importFolder(logcheckFolder(LAYERS));
    expect(code).toBe(0);
    const found = await askTayori(config, LOG);
    expect(told(LOG, (line) => found.get(textOf(line)))).toEqual(EXPECTED);
  });

  it.skipIf(!logcheckIsHere && !process.env.CI)('reports these lines where logcheck reports them', () => {
    const path = logcheckFolder(LAYERS);
    execFileSync('chmod', ['-R', 'a+rX', dirname(path)]);
    const found = askLogcheck(temporaryFolder(), path, 'server', LOG);
    expect(told(LOG, (line) => found.get(line.trimEnd()))).toEqual(EXPECTED);
  });

  it.each([
    ['paranoid', ['- cron', 'unusual sshd', 'unusual x']],
    ['server', ['- cron', '- sshd', 'unusual x']],
    ['workstation', ['- cron', '- sshd', '- x']],
  ])('takes the folders that REPORTLEVEL %s takes', async (level, expected) => {
    const { config } = await importFolder(
      logcheckFolder({ ...LAYERS, 'logcheck.conf': `REPORTLEVEL="${level}"\n` }),
    );
    const log = ['cron', 'sshd', 'x'].map((program) => `Nov 30 12:00:00 web1 ${program}: run`);
    const found = await askTayori(config, log);
    expect(
      told(log, (line) => found.get(textOf(line))).map((line) => line.replace(/Nov.* web1 (\w+).*/, '$1')),
    ).toEqual(expected);
  });

  it('takes logs, journal, recipients, subjects, schedule and offsets', async () => {
    const path = logcheckFolder({
      'ignore.d.server/ssh': `${P}sshd: .*$\n`,
      'logcheck.conf':
        'SENDMAILTO="a@example.org, b@example.org"\nEVENTSSUBJECT=\'All else\'\nMAILASATTACH=1\nDATE="$(date)"\n',
      'logcheck.logfiles': '# logs\n/var/log/syslog\n',
      'logcheck.logfiles.d/journal.logfiles': 'journal\n',
      'logcheck.logfiles.d/old.bak': '/var/log/old\n',
      'header.txt': 'Dear admin\n',
      '../cron.d/logcheck':
        '@reboot logcheck /usr/sbin/logcheck -R\n7 */2 * * * logcheck nice /usr/sbin/logcheck\n',
    });
    const { config, err } = await importFolder(path);
    const text = readFileSync(config, 'utf8');
    expect(text.match(/^set .*/gm)).toEqual([
      'set logfile /var/log/syslog',
      'set journal',
      'set mailserver localhost',
      'set queue attack root@localhost a@example.org,b@example.org [7 */2 * * *] Security Alerts',
      'set queue violations root@localhost a@example.org,b@example.org [7 */2 * * *] Security Events',
      'set queue unusual root@localhost a@example.org,b@example.org [7 */2 * * *] All else',
      'set hidepid off',
    ]);
    expect(err).toContain('logcheck.conf:3: not carried over: "MAILASATTACH=1": letters have no attachments');
    expect(err).toContain('logcheck.conf:4: not carried over: "DATE="$(date)"": it is more than NAME=VALUE');
    expect(err).toContain('header.txt: not carried over: letters have no text of their own');
    expect(err).toContain('logs and journal are both read');
  });

  it('names what is broken, and carries over the rest', async () => {
    const path = logcheckFolder({
      'ignore.d.server/app': [
        `${P}app: ok$`,
        `${P}app: (`,
        '^app: no stamp$',
        `${P}app: \\d+$`,
        `${P.replace('[._[:alnum:]-]+', 'db1')}app: slow$`,
        '',
      ].join('\r\n'),
      'ignore.d.server/app~': `${P}backup$\n`,
      'ignore.d.server/app.dpkg-old': `${P}old$\n`,
      'ignore.d.server/latin': Buffer.from(`${P}caf\u00e9$\n`, 'latin1').toString('latin1'),
    });
    writeFileSync(join(path, 'ignore.d.server/latin'), Buffer.from(`${P}caf\u00e9$\n`, 'latin1'));
    const { config, err, code } = await importFolder(path);
    expect(code).toBe(0);
    expect(err.replaceAll(path, '').replaceAll(/"\^.*?": /g, '')).toBe(
      [
        '/ignore.d.server/app:2: not carried over: grep does not take it either: a ( without its )',
        '/ignore.d.server/app:3: not carried over: it begins with something else than a stamp and a host',
        '/ignore.d.server/latin:1: not carried over: it is not UTF-8',
        '/ignore.d.server/app:4: carried over, but: \\d is the letter d to grep, and is carried over as that',
        '/ignore.d.server/app.dpkg-old: note: logcheck does not read it, for its name: run-parts takes letters, digits, _ and - alone',
        '/ignore.d.server/app~: note: logcheck does not read it, for its name: run-parts takes letters, digits, _ and - alone',
        '3 of 6 rules carried over; 3 remarks on what is not carried over; 1 on what is changed; 2 notes',
        '',
      ].join('\n'),
    );
    const log = ['web1 app: ok', 'web1 app: ddd', 'web1 app: slow', 'db1 app: slow'].map(
      (line) => `Nov 30 12:00:00 ${line}`,
    );
    expect([...(await askTayori(config, log)).keys()]).toEqual(['app: slow']);
    expect(readFileSync(config, 'utf8')).toContain('include rules/ignore.d.server/app.conf');
  });

  it('reads the single files of logcheck 1.1.1, the first two of which ignore case', async () => {
    const path = logcheckFolder({
      'logcheck.hacking': 'rlogin attempt\n',
      'logcheck.violations': 'fail\n',
      'logcheck.violations.ignore': 'failover\n',
      'logcheck.ignore': r`sSMTP\[.*\]: Sent mail for`,
      'ignore.d/sysklogd': r`syslogd.*: restart \.`,
    });
    const { config } = await importFolder(path);
    const log = [
      'x: RLOGIN attempt',
      'x: FAILED',
      'x: fail failover',
      'sSMTP[5]: Sent mail for root',
      'syslogd 1: restart .',
      'x: y',
    ];
    const found = await askTayori(
      config,
      log.map((text) => `Sep  1 12:00:00 debian ${text}`),
    );
    expect(Object.fromEntries(found)).toEqual({
      'x: RLOGIN attempt': 'attack',
      'x: FAILED': 'violations',
      'x: y': 'unusual',
    });
  });

  it.each([
    ['is not there', 'none', 'is not there'],
    ['is a file', 'logcheck/ignore.d.server/ssh', 'is no folder'],
    ['holds no rules', '.', 'is no folder of logcheck'],
  ])('says so when the path %s', async (_, at, why) => {
    const path = logcheckFolder({ 'ignore.d.server/ssh': 'x\n' });
    const { code, err, out } = await runCli(['import', 'logcheck', join(dirname(path), at)]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(why);
  });

  it('writes into no folder that holds something', async () => {
    const path = logcheckFolder({ 'ignore.d.server/ssh': 'x\n' });
    const { code, err } = await runCli(['import', 'logcheck', path, '--to', path]);
    expect([code, err]).toEqual([
      1,
      `tayori import: ${path} is not empty; name a folder that is not there yet\n`,
    ]);
  });

  it('prints the config as one file that check takes, and the report beside it', async () => {
    const path = logcheckFolder(LAYERS);
    const { out, err, code } = await runCli(['import', 'logcheck', path]);
    expect([code, err]).toEqual([0, '13 of 13 rules carried over\n']);
    expect(out).toContain(`# Imported from logcheck: "${path}"\n# 13 of 13 rules carried over\n`);
    const config = join(temporaryFolder(), 'tenshi.conf');
    writeFileSync(config, out);
    const found = await askTayori(config, LOG);
    expect(told(LOG, (line) => found.get(textOf(line)))).toEqual(EXPECTED);
  });
});

describe.skipIf(!logcheckIsHere && !process.env.CI)("Debian's rules for logcheck", () => {
  const LEVEL = 'workstation';

  async function importDebian(): Promise<{ readonly config: string; readonly err: string }> {
    const path = join(temporaryFolder(), 'logcheck');
    execFileSync('cp', ['-r', DEBIAN_RULES, path]);
    writeFileSync(join(path, 'logcheck.conf'), `REPORTLEVEL=${LEVEL}\n`);
    return await importFolder(path);
  }

  it('are carried over but for three, which repeat the stamp', async () => {
    const { err } = await importDebian();
    const lines = err.trim().split('\n');
    const [carried = 0, rules = 0] = [...(lines.at(-1) ?? '').matchAll(/[\d,]+(?= of| rules)/g)].map(
      ([number]) => Number(number.replace(',', '')),
    );
    expect(rules).toBeGreaterThan(1_900);
    expect(rules - carried).toBe(3);
    for (const line of lines.slice(0, 3)) expect(line).toContain('it repeats a group of stamp and host');
  });

  it('compile in Perl', async () => {
    const { config } = await importDebian();
    const script =
      'for my $file (@ARGV) { open my $in, "<", $file or die; while (<$in>) { chomp; next if /^(#|set |include |group_end|$)/; s/^\\S+ //; qr/$_/aa; $n++ } } print $n';
    const files = execFileSync('find', [dirname(config), '-name', '*.conf'], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const count = execFileSync('perl', ['-e', script, ...files], { encoding: 'utf8' });
    expect(Number(count)).toBeGreaterThan(1_900);
  });

  it('say of 2,000 lines what logcheck says of them', async () => {
    const { config } = await importDebian();
    const log = linesOfRules(DEBIAN_RULES, 2_000, 20_261_130);
    const expected = askLogcheck(temporaryFolder(), DEBIAN_RULES, LEVEL, log);
    const found = await askTayori(config, log);
    expect(told(log, (line) => found.get(textOf(line)))).toEqual(
      told(log, (line) => expected.get(line.trimEnd())),
    );
    expect(new Set(expected.values()).size).toBe(3);
    expect(expected.size).toBeLessThan(log.length / 2);
  }, 120_000);
});
