import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { tenshi } from './program.js';
import { describeTenshi, LONGEST } from './prove.js';

/** What stands above each config of the tables; `%DIR%` is a folder that holds the files below. */
const BASE = `set mailserver 127.0.0.1:25
set logfile /var/log/x
set queue a f@example.org t@example.org [now]
set queue b f@example.org t@example.org [0 9 * * *]
`;
const FILES = {
  empty: '',
  rules: 'set mailserver 127.0.0.1\na ^x\n',
  late: 'a ^x\n',
  loop: 'set mailserver x\ninclude %DIR%/loop\n',
  broken: 'set mailserver x\na ^(x\n',
  'some/one': 'set mailserver x\na ^x\n',
};

const queue = (schedule: string): string => `set queue q f@example.org t@example.org ${schedule}`;

/** Both take these. */
const TAKEN = [
  '',
  'a ^x',
  '\t  a   ^x ',
  '# a comment\n#a ^(\n   # another\n\n \t\na ^x',
  'a  ',
  'a ^foo #bar (\\d+)',
  'a #',
  'set logfile /var/log/y and more',
  'set logfile /var/log/y\nset logfile /var/log/y',
  'set limit 5',
  'set limit 5x',
  'set limit 0',
  'set pager_limit 3 # three',
  'set mask',
  'set mask ___ more',
  'set mailtimeout 5',
  'set hidepid on',
  'set hidepid off\nset hidepid on',
  'set resolve on',
  'set sort_order ascending',
  'set sort_order descending',
  'set sleep 0',
  'set sleep 60',
  'set subject a subject: of [several] words',
  'set tail /usr/bin/tail -q -F -n 0',
  'set tail_multiple on',
  'set logprefix ^(\\S+) - ',
  'set filter a /bin/cat',
  'set filter nosuch /bin/cat',
  'set csv [now] /bin/cat > /dev/null\ncsv ^x\na,csv ^y',
  'set csv [0 9 * * 1-5] /bin/cat',
  'set threshold a 3 ^x (\\d+)',
  'set threshold a 1 .',
  'set queue noprefix f@example.org t@example.org [now]',
  'set queue q root root [now]\nq ^x',
  'set queue q <f@example.org> <t@example.org> [now]',
  'set queue q f@example.org t@example.org,u@example.org [now] Some subject',
  'set queue q f@example.org pager:t@example.org [now] Page',
  'set queue q  f@example.org\tt@example.org   [now]',
  'set queue a f@example.org t@example.org [0 9 * * *]',
  'a,b ^x',
  'a,a ^x',
  'a, b ^x',
  'a,b:10 ^x',
  'a,b:10,b:50 ^x',
  'a,b:5,b:5 ^x',
  'a:3 ^x',
  'trash ^x',
  'trash:5 ^x',
  'repeat ^x (\\d+)',
  'group ^x\na ^y\ngroup_end',
  'group ^x\ngroup_host ^y\na ^z\ngroup_end\ngroup_end',
  'group ^x\ngroup_end',
  'group ^x\na ^y',
  'include %DIR%/rules',
  'include %DIR%/rules and more',
  'include %DIR%/rules\ninclude %DIR%/rules',
  'includedir %DIR%/some',
  'includedir %DIR%/some/',
  queue('[* * * * *]'),
  queue('[0 */24 * * *]'),
  queue('[*/100 * * * *]'),
  queue('[*/0 * * * *]'),
  queue('[05 09 * * *]'),
  queue('[0,30 9-17/2 1-7,15 jan-DEC Mon,fri]'),
  queue('[0 0 * * 0-7]'),
  queue('[0 0 * * 1-7/2]'),
  queue('[0 0 * * sun-sat]'),
  queue('[5/10 * * * *]'),
  queue('[0  9\t* * * ]'),
  queue('[0 9 2 * 2]'),
  'a [[:digit:]]+[[:^space:]]\\d\\w\\s\\b\\h\\v\\R\\N\\A\\z\\Z',
  'a (?i)x(?i:y)(?x) z # w',
  'a (?<n>x)(?P<m>y)\\k<n>(?P=m)\\1\\g1\\g{-1}',
  "a (?'n'x)\\g{n}",
  'a (?=x)(?!y)(?<=z)(?<!w)(?>v)',
  'a x++y*+z?+w{2,3}+',
  'a \\x41\\x{3042}\\101\\o{101}\\e\\a\\cI',
  'a (?|x(a)|y(b))',
  'a (?(1)x|y)|(z)',
  'a (x(?1)?y)',
  'a \\p{Lu}\\P{L}',
  'a x{y x{1 x{} x{1,2,3}',
  'a a{3,1}',
  'a \\/\\@\\#"@#/{}',
  'a \\i\\y\\<',
  'a $x',
];

/** Both refuse these. */
const REFUSED = [
  'set',
  'set foo bar',
  'set limits 5',
  'SET limit 5',
  'set limit',
  'set limit x',
  'set limit -1',
  'set pager_limit x',
  'set logfile',
  'set hidepid',
  'set hidepid ON',
  'set hidepid yes',
  'set resolve maybe',
  'set sort_order up',
  'set sleep x',
  'set mailtimeout x',
  'set subject',
  'set mailserver',
  'set logprefix',
  'set logprefix ^(',
  'set filter a',
  'set csv',
  'set csv [now]',
  'set csv /bin/cat',
  'set threshold a 3',
  'set threshold nosuch 3 ^x',
  'set threshold a 0 ^x',
  'set threshold a x ^x',
  'set threshold a 3 ^(x',
  'a',
  'a ',
  'nosuch ^x',
  'nosuch,a ^x',
  'a,nosuch ^x',
  'a,,b ^x',
  ',a ^x',
  'csv ^x',
  'noprefix ^x',
  'a,trash ^x',
  'trash,a ^x',
  'a,repeat ^x',
  'group,a ^x',
  'a,group_host ^x',
  'trash',
  'repeat',
  'group',
  'group_host',
  'group_end',
  'group ^x\ngroup_end\ngroup_end',
  'group ^x\ngroup_end # of x',
  'a:0 ^x',
  'a:-1 ^x',
  'a:03 ^x',
  'a:x ^x',
  'a:3,b:5 ^x',
  'a,b:5,a ^x',
  'a,b:5,a:3 ^x',
  'set queue q',
  'set queue q f@example.org',
  'set queue q f@example.org [now]',
  'set queue q f@example.org t@example.org',
  'set queue q f@example.org t@example.org now',
  'set queue q f@example.org t@example.org u@example.org [now]',
  'set queue trash f@example.org t@example.org [now]',
  'set queue repeat f@example.org t@example.org [now]',
  'set queue group f@example.org t@example.org [now]',
  'set queue group_host f@example.org t@example.org [now]',
  'set queue csv f@example.org t@example.org [now]',
  'include',
  'include %DIR%/nosuch',
  'include %DIR%/broken',
  'include %DIR%/loop',
  'includedir %DIR%/nosuch',
  'includedir %DIR%/rules',
  queue('[]'),
  queue('[* * * *]'),
  queue('[* * * * * *]'),
  queue('[60 * * * *]'),
  queue('[* 24 * * *]'),
  queue('[* * 0 * *]'),
  queue('[* * 32 * *]'),
  queue('[* * * 0 *]'),
  queue('[* * * 13 *]'),
  queue('[* * * * 8]'),
  queue('[30-10 * * * *]'),
  queue('[50-60 * * * *]'),
  queue('[/5 * * * * *]'),
  'a (x',
  'a x)',
  'a [x',
  'a [z-a]',
  'a *x',
  'a x**',
  'a x{2}{3}',
  'a x\\',
  'a \\2(x)',
  'a [[:foo:]]',
  'a (?zz)',
  'a (?<n',
  'a \\k<n>',
  'a (?{ 1 })',
];

interface Differing {
  readonly conf: string;
  readonly why: string;
  /** Instead of the usual beginning. */
  readonly base?: string;
}

/** Tenshi refuses these, and tayori takes them. */
const TAKEN_BY_US: readonly Differing[] = [
  { conf: queue('[now] [PROD] alert'), why: 'brackets may stand in a subject' },
  { conf: queue('[NOW]'), why: 'whoever writes it means now' },
  { conf: queue('[ now ]'), why: 'whoever writes it means now' },
  { conf: queue('[ 0 9 * * *]'), why: 'a blank behind the bracket is as good as one before the other' },
  { conf: queue('[0 9 * * fri-sun]'), why: 'a range of weekdays may go on into the next week' },
  { conf: queue('[@daily]'), why: 'the names of other crons' },
  {
    conf: 'set queue a f t [now]\ninclude %DIR%/late\nset mailserver 127.0.0.1',
    base: '',
    why: 'the mail server may be named below an include',
  },
  { conf: `\uFEFF${BASE}a ^x`, base: '', why: 'a byte order mark is no part of the first line' },
  { conf: 'set queue a f t [now]\na ^x', base: '', why: 'no mail server: letters go to a Maildir' },
  { conf: 'set tail_missing on', why: 'a setting of Tenshi 0.18' },
  { conf: 'set mailhelo logs.example.org', why: 'a setting of Tenshi 0.18' },
  { conf: 'set timezone Asia/Tokyo', why: 'a setting of our own' },
  { conf: 'set start beginning', why: 'a setting of our own' },
  { conf: 'set state %DIR%/state', why: 'a setting of our own' },
];

/** Tenshi takes these, and tayori refuses them, with words. */
const REFUSED_BY_US: readonly Differing[] = [
  { conf: 'set sleep 61', why: 'Tenshi tests the value before it, not the new one' },
  { conf: 'set hidepid onward', why: 'Tenshi looks at the beginning only' },
  { conf: 'set mailtimeout 0', why: 'no mail server answers in no time' },
  { conf: 'a:3:4 ^x', why: 'the second number counts for nothing in Tenshi' },
  { conf: 'include %DIR%/some', why: 'a folder is no file; Tenshi reads it as an empty one' },
  { conf: queue('[0 9 * * mondays]'), why: 'Tenshi takes an unknown name for 0, which is Sunday' },
  { conf: queue('[5x * * * *]'), why: 'Tenshi takes it for 5' },
  { conf: queue('[-5 * * * *]'), why: 'Tenshi takes it for 5' },
  { conf: queue('[1.5 * * * *]'), why: 'Tenshi takes it for 1' },
  { conf: queue('[1-5-9 * * * *]'), why: 'Tenshi takes it for 1-5' },
  { conf: queue('[1*5 * * * *]'), why: 'Tenshi takes whatever holds a * for *' },
  { conf: queue('[0 0 30 2 *]'), why: 'it never comes' },
  { conf: 'set filter a /no/such/program', why: 'Tenshi looks for the program at the start only' },
  { conf: 'set mailserver 127.0.0.1\n', base: '', why: 'without a queue nobody gets a letter' },
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll('%DIR%', folder));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;

/** What `-C` of both says of a config: taken or refused. */
async function check({ conf, base = BASE }: Omit<Differing, 'why'>): Promise<unknown> {
  const file = join(folder, `${written++}.conf`);
  writeFileSync(file, `${base}${conf}\n`.replaceAll('%DIR%', folder));
  const [original, ours] = await Promise.all([askTenshi(file), askTayori(file)]);
  return { tenshi: original, tayori: ours };
}

function askTenshi(file: string): Promise<string> {
  const [command = '', ...args] = tenshi.check;
  return new Promise((resolve) => {
    execFile(command, [...args, file], (error) => resolve(error ? 'refused' : 'taken'));
  });
}

async function askTayori(file: string): Promise<string> {
  const { code } = await runCli(['-C', '-c', file]);
  return ['taken', 'refused'][code] ?? `status ${code}`;
}

describeTenshi('what -C says', () => {
  describe('both take', () => {
    it.concurrent.for(TAKEN)('%j', { timeout: LONGEST }, async (conf) => {
      expect(await check({ conf })).toEqual({ tenshi: 'taken', tayori: 'taken' });
    });
  });
  describe('both refuse', () => {
    it.concurrent.for(REFUSED)('%j', { timeout: LONGEST }, async (conf) => {
      expect(await check({ conf })).toEqual({ tenshi: 'refused', tayori: 'refused' });
    });
  });
  describe('mended: tayori takes', () => {
    it.concurrent.for(TAKEN_BY_US)('$conf ($why)', { timeout: LONGEST }, async (row) => {
      expect(await check(row)).toEqual({ tenshi: 'refused', tayori: 'taken' });
    });
  });
  describe('mended: tayori refuses', () => {
    it.concurrent.for(REFUSED_BY_US)('$conf ($why)', { timeout: LONGEST }, async (row) => {
      expect(await check(row)).toEqual({ tenshi: 'taken', tayori: 'refused' });
    });
  });
});
