import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { folderOf, type Imported, importFrom } from './imported.js';

const r = String.raw;
const SWATCHDOG = '/usr/bin/swatchdog';

const write = (files: Readonly<Record<string, string>>): string => folderOf('swatch', files);
const importSwatch = (path: string): Promise<Imported> => importFrom('swatch', path, dirname(path));

/** The queue of each text of a log. */
async function queuesOf(config: string, log: readonly string[]): Promise<string[]> {
  const { out } = await runCli(['digest', '-c', config, '--format', 'json', '-'], `${log.join('\n')}\n`);
  const letters = JSON.parse(out) as { queue: string; hosts: { messages: { message: string }[] }[] }[];
  return letters
    .flatMap(({ queue, hosts }) =>
      hosts.flatMap(({ messages }) => messages.map(({ message }) => `${queue} ${message}`)),
    )
    .sort();
}

const MESSAGES = r`# logfile /var/log/messages
# BIND
watchfor /query \'VERSION\.BIND\/TXT\/CH\' denied/
    pipe "/usr/local/bin/swatch_action.sh 7 lock"
    throttle=00:00:10

watchfor /named.*client.*query.*denied/
    pipe "/usr/local/bin/swatch_action.sh 7 lock"
`;
const SECURE = r`# logfile /var/log/secure
watchfor /sshd.*refused/
    pipe "/usr/local/bin/swatch_action.sh 10 lock"
    throttle=00:00:10

watchfor /sshd.*Invalid user/
    pipe "/usr/local/bin/swatch_action.sh 10"
    throttle=00:00:10
`;
const VSFTPD = r`# logfile /var/log/vsftpd.log
watchfor /Connection refused: tcp_wrappers denial/
    pipe "/usr/local/bin/swatch_action.sh 10 lock"
    throttle=00:00:10

watchfor /FAIL LOGIN/
    pipe "/usr/local/bin/swatch_action.sh 12"
    throttle=00:00:10
`;

describe('import swatch', () => {
  it('takes over a folder of files that are each for one log', async () => {
    const { code, report, statements } = await importSwatch(
      write({ 'messages.conf': MESSAGES, 'secure.conf': SECURE, 'vsftpd.conf': VSFTPD }),
    );
    expect(code).toBe(0);
    expect(report.at(-1)).toMatch(/^6 of 6 rules carried over/);
    expect(statements).toEqual([
      'set logfile /var/log/messages',
      'set logfile /var/log/secure',
      'set logfile /var/log/vsftpd.log',
      'set mailserver localhost',
      'set queue swatch_action root@localhost root [now] swatch ran swatch_action.sh',
      'set throttle swatch_action 10s',
      'set queue swatch_action2 root@localhost root [now] swatch ran swatch_action.sh',
      'set queue swatch_action3 root@localhost root [now] swatch ran swatch_action.sh',
      'set throttle swatch_action3 10s',
      'set queue swatch_action4 root@localhost root [now] swatch ran swatch_action.sh',
      'set throttle swatch_action4 10s',
      'set queue swatch_action5 root@localhost root [now] swatch ran swatch_action.sh',
      'set throttle swatch_action5 10s',
      'set queue swatch_action6 root@localhost root [now] swatch ran swatch_action.sh',
      'set throttle swatch_action6 10s',
      r`group_file ^/var/log/messages$`,
      r`swatch_action query \'VERSION\.BIND/TXT/CH\' denied`,
      'swatch_action2 named.*client.*query.*denied',
      'group_end',
      r`group_file ^/var/log/secure$`,
      'swatch_action3 sshd.*refused',
      'swatch_action4 sshd.*Invalid user',
      'group_end',
      r`group_file ^/var/log/vsftpd\.log$`,
      'swatch_action5 Connection refused: tcp_wrappers denial',
      'swatch_action6 FAIL LOGIN',
      'group_end',
      'trash .*',
    ]);
  });

  it('makes queues of recipients and subjects, windows and throttles of thresholds, groups of what they track', async () => {
    const { statements, report } = await importSwatch(
      write({
        rc: r`
watchfor /disk (\w+) (full|failed)/i
  mail=ops\@example.org:root,subject=Disk trouble
  threshold track_by="$1",type=limit,count=1,seconds=900
watchfor /^\w{3} .{11} db1 mysqld: (corrupt)/
  mail addresses=dba@example.org,subject="Database"
  threshold track_by=$1,type=both,count=3,seconds=60
watchfor /login of (\S+) failed/
  mail=root,when=1-5:8-17
  threshold type=threshold,count=5,seconds=300,track_by=$1
ignore /cron|atd/
watchfor /panic/
  mail
`,
      }).concat('/rc'),
    );
    expect(statements).toEqual([
      'set mailserver localhost',
      'set queue disk_trouble root@localhost ops@example.org,root [now] Disk trouble',
      'set throttle disk_trouble 900s by g1',
      'set queue database root@localhost dba@example.org [now] Database',
      'set window database 3 60s by g1',
      'set throttle database 60s by g1',
      'set queue message_from_swatchdog root@localhost root [* 8-17 * * 1-5] Message from Swatchdog',
      'set window message_from_swatchdog 5 300s by g1',
      'set queue message_from_swatchdog2 root@localhost root [now] Message from Swatchdog',
      r`disk_trouble (?i)disk (?<g1>\w+) (?:full|failed)`,
      'group_host ^(?:db1)$',
      'database ^mysqld: (?<g1>corrupt)',
      'group_end',
      r`message_from_swatchdog login of (?<g1>\S+) failed`,
      'trash cron|atd',
      'message_from_swatchdog2 panic',
      'trash .*',
    ]);
    expect(report).toEqual([
      '/rc:9: carried over, but: "when=1-5:8-17": what comes at other times is not dropped: it waits for the next such hour',
      '/rc: note: name the log that --tail-file of swatch names: set logfile /PATH',
      '5 of 5 rules carried over; 1 on what is changed; 1 note',
    ]);
  });

  it('names what cannot be done, line by line', async () => {
    const { report, statements } = await importSwatch(
      write({
        rc: r`perlcode my $mailer = '(?:postfix|exim)';
perlcode if (1) { print "x" }
watchfor /$mailer.*error/
  echo red
  bell 3
watchfor /$unknown/
  mail
watchfor (/a/ && /b/)
  mail
watchfor /attack from (\S+)/
  exec "/no/such/block $1 $9"
  exec "/bin/sh -c 'block $1' | logger"
  exec block $1
  quit
watchfor /(/
  mail
`,
      }).concat('/rc'),
    );
    expect(statements).toEqual([
      'set mailserver localhost',
      'set queue report root@localhost root [@daily] Report',
      'trash (?:postfix|exim).*error',
      'trash attack from (?<g1>\\S+)',
      'trash .*',
    ]);
    expect(report).toEqual([
      '/rc:2: not carried over: "perlcode if (1) { print "x" }": no Perl code is run',
      '/rc:4: not carried over: "echo=red": nobody sits at a terminal of tayori; letters tell it, or `tayori try` shows it',
      '/rc:5: not carried over: "bell=3": nobody sits at a terminal of tayori; letters tell it, or `tayori try` shows it',
      '/rc:6: not carried over: "/$unknown/": it holds a variable whose value is not known',
      '/rc:8: not carried over: "(/a/ && /b/)": it is more than regexes with || between them, and no Perl code is run',
      `/rc:12: not carried over: "exec="/bin/sh -c 'block $1' | logger"": it needs a shell: write a script, and name that`,
      '/rc:13: not carried over: "exec=block $1": a program is named by its whole path here',
      '/rc:14: not carried over: "quit": nothing like it is known here',
      '/rc:10: not carried over: "/attack from (\\S+)/": it has no group for $9; with --awk-field-syntax that is a word of the line: make it a group (?<g9>...)',
      expect.stringContaining('/rc:15: not carried over: "/(/": '),
      '/rc:3: carried over, but: nothing that it does is done here, so its lines go to trash, and no later rule gets them',
      '/rc: note: name the log that --tail-file of swatch names: set logfile /PATH',
      '2 of 5 rules carried over; 10 remarks on what is not carried over; 1 on what is changed; 1 note',
    ]);
  });

  const RC = r`
watchfor /disk/i
  mail=a,subject=one
  continue
ignore /usual/
watchfor /fail(ed|ure)/ || /error$/
  mail=b,subject=two
watchfor /^\w{3} [ \d]\d [\d:]{8} web1 (su|sudo):/
  mail=c,subject=three
`;
  const TEXTS = [
    'x: disk',
    'x: DISK failed',
    'x: usual failed',
    'x: usual disk',
    'x: an error',
    'x: an error is',
    'su: x',
    'sudo: failure',
    'x: su: y',
    'sux: y',
  ];
  const LOG = TEXTS.map((text, at) => `Nov 20 10:00:${String(at).padStart(2, '0')} web1 ${text}`);
  const EXPECTED = [
    'one x: DISK failed',
    'one x: disk',
    'one x: usual disk',
    'three su: x',
    'two sudo: failure',
    'two x: DISK failed',
    'two x: an error',
  ];

  it('takes the first watchfor that matches, and with continue the later ones, too', async () => {
    const { config } = await importSwatch(write({ rc: RC }).concat('/rc'));
    expect(await queuesOf(config, LOG)).toEqual(EXPECTED);
  });

  it.skipIf(!existsSync(SWATCHDOG) && !process.env.CI)('sorts these lines as swatchdog does', () => {
    const folder = write({
      rc: RC.replaceAll(/mail=.*subject=(\w+)/g, 'pipe "sed -u s/^/$1:/"'),
      log: `${LOG.join('\n')}\n`,
    });
    const { stdout } = spawnSync(
      'swatchdog',
      [`--config-file=${folder}/rc`, `--examine=${folder}/log`, `--script-dir=${folder}`],
      { encoding: 'utf8' },
    );
    const found = [
      ...stdout.matchAll(/(one|two|three):Nov 20 \S+ web1 (.*?)(?=(?:one|two|three):|\n|$)/g),
    ].map(([, queue, text]) => `${queue} ${text}`);
    expect(found.sort()).toEqual(EXPECTED);
  });

  it.each([
    ['an empty file', ''],
    ['a file of other things', 'hello\nworld\n'],
  ])('says so of %s', async (_, text) => {
    const path = write({ rc: text }).concat('/rc');
    const { code, err } = await runCli(['import', 'swatch', path]);
    expect([code, err]).toEqual([1, `tayori import: ${path} holds no watchfor and no ignore\n`]);
  });
});
