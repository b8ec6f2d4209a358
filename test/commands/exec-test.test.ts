import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recorder } from '../act/recorder.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONF = (program: string, folder: string): string => String.raw`set logfile ${folder}/x.log
set state ${folder}/state
set hidepid on
set window block 3 24h by ip
set exempt ip 10.0.0.0/8
set queue report f@x.org t@x.org [now]
set exec block ${program} add { {{ip}} } {{count}} {{user}}
set exec grown ${program} {{count}}
set logformat ${folder}/app.json json
block ^sshd: Invalid user (?<user>.*) from (?<ip>\S+)
report,grown:3 ^ups
trash ^noise
`;

async function tried(line: string, queue = 'block', ...more: string[]) {
  const folder = temporaryFolder();
  const program = recorder(folder, 'echo "it did"');
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(conf, CONF(program.path, folder));
  const words = more.map((word) => word.replace('FOLDER', folder));
  const told = await runCli(['exec-test', '-c', conf, queue, line, ...words]);
  expect(existsSync(join(folder, 'state'))).toBe(false);
  return { ...told, program };
}

const line = (text: string): string => `Nov 20 10:00:00 web1 ${text}`;
const INVALID = line("sshd[8]: Invalid user $(id) o'x from 192.0.2.1");

describe('tayori exec-test', () => {
  it('shows the words of the command and the line, and runs nothing', async () => {
    const { out, code, program } = await tried(INVALID);
    expect(code).toBe(0);
    expect(out.replaceAll(program.path, 'PROGRAM')).toBe(String.raw`It runs with hit 3 within 1 d by ip.
  program     PROGRAM
  argument 1  add
  argument 2  '{'
  argument 3  192.0.2.1
  argument 4  '}'
  argument 5  3
  argument 6  '$(id) o'\''x'
  input       ${INVALID}
In a shell: PROGRAM add '{' 192.0.2.1 '}' 3 '$(id) o'\''x'
Nothing was run; with --run it is.
`);
    expect(program.runs()).toEqual([]);
  });

  it('runs it where it is asked to, and shows what it printed', async () => {
    const { out, code, program } = await tried(INVALID, 'block', '--run');
    expect(code).toBe(0);
    expect(out).toMatch(/^It printed:\n {2}it did\nIt ended with status 0\.\n$/m);
    expect(program.runs()).toEqual([`<add><{><192.0.2.1><}><3><$(id) o'x>|${INVALID}`]);
  });

  it('reads the line as its log is read', async () => {
    const { out } = await tried(
      '{"msg":"Invalid user x from 192.0.2.7","host":"web1","time":"2026-11-20T10:00:00Z","name":"sshd"}',
      'block',
      '--in',
      'FOLDER/app.json',
    );
    expect(out).toContain('argument 3  192.0.2.7\n');
  });

  it('shows the count that an escalation reaches', async () => {
    expect((await tried(line('ups on battery'), 'grown')).out).toContain('argument 1  3\n');
  });

  it.each([
    [line('sshd: Invalid user x from 10.0.0.1'), 'block', 'set exempt keeps this line from the queue'],
    [
      line('sshd: Invalid user --x from 192.0.2.1'),
      'block',
      'would not run: {{user}} would be an option: --x',
    ],
    [line('other'), 'block', 'no rule takes this line'],
    [line('noise'), 'block', 'a trash rule takes this line'],
    [line('ups'), 'block', 'the rule that takes this line does not feed the queue "block"'],
    ['sshd: Invalid user x', 'block', 'give the whole line as it stands in the log'],
    [INVALID, 'blok', 'the queue "blok" has no program; did you mean block?'],
    [INVALID, 'report', 'the queue "report" has no program; there are block, grown'],
  ])('says of %s for %s why nothing would run', async (text, queue, said) => {
    const { err, code } = await tried(text, queue);
    expect(err).toContain(said);
    expect(code).toBe(1);
  });
});
