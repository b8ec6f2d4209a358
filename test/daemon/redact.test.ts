import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { daemonOn, type Place, place } from '../ingest/daemon-on.js';
import { NOON, open } from '../ingest/open-receivers.js';
import { freeUdpPort } from '../support/free-port.js';
import { heldClock } from '../support/held-clock.js';
import { entry, hasJournals, JournalFolder } from '../support/journal.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { send } from '../support/send.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const SECRET = 'hunter2';
const REDACT = 'set redact (?i)\\b(?:password|token)["=: ]+(\\w+)\nset redact s3cret-\\d+\n';
const OTHER = 's3cret-4711';

const QUEUES = `set queue page f@x.org t@x.org [now] [{{worst}} {{verdict}}]
set queue report f@x.org t@x.org [30 12 * * *] R
set queue noprefix f@x.org t@x.org [30 12 * * *] U
set pager_prefix_not_there
`.replace(/set pager.*\n/, '');

/** Rules that mask values, count in time, repeat, and leave some lines to nobody. */
const RULES = String.raw`set window page 2 1h by user
set csv [30 12 * * *] /bin/cat >> CSV
repeat ^(?:[^:\[\]]+: )?message repeated (\d+) times: \[
page ^app: login of (?<user>\S+) (?<rest>.*)
report,csv ^app: .*
report ^(?:tayori|shop|tool): 
`;

const LINES = [
  `Nov  2 11:00:00 web1 app: login of ann password=${SECRET}`,
  `Nov  2 11:00:01 web1 app: login of ann token: ${SECRET}x`,
  `Nov  2 11:00:02 web1 app: PASSWORD ${SECRET} and ${OTHER}, twice ${OTHER}`,
  `Nov  2 11:00:03 ${OTHER} app: of a host that is called so`,
  `Nov  2 11:00:04 web1 other: no rule takes password=${SECRET}`,
  `without a prefix password=${SECRET}`,
  `Nov  2 11:00:05 web1 app: message repeated 3 times: [ PASSWORD ${SECRET} and ${OTHER}]`,
  `{"time":"2026-11-02T11:00:00Z","hostname":"web1","name":"shop","msg":"paid","password":"${SECRET}"}`,
];

/** All bytes below a folder, packed letters unpacked. */
function bytesBelow(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    found.set(path, readFileSync(path, 'latin1'));
  }
  return found;
}

function configAt(folder: string, conf: string): string {
  const path = join(folder, 'tenshi.conf');
  writeFileSync(
    path,
    `set state ${join(folder, 'state')}\nset timezone UTC\nset start beginning\n${QUEUES}${conf}`,
  );
  return path;
}

/** Runs all of it; what the mails, the program of csv and the state hold. */
async function holdings(
  at: Place,
  conf: string,
): Promise<{ readonly mails: string; readonly all: Map<string, string> }> {
  const port = await freeUdpPort();
  const [log, json, said, csv] = ['x.log', 'shop.json', 'said', 'csv'].map((name) =>
    join(at.folder, name),
  ) as [string, string, string, string];
  writeFileSync(log, `${LINES.slice(0, -1).join('\n')}\n`);
  writeFileSync(json, `${LINES.at(-1)}\n`);
  writeFileSync(said, `tool: token=${SECRET}\n`);
  const journals = new JournalFolder(temporaryFolder());
  if (hasJournals) journals.write([entry(0, `login with password=${SECRET}`, { SYSLOG_IDENTIFIER: 'app' })]);
  const sources = `set logfile ${log}\nset logfile ${json}\nset logformat ${json} json\nset listen 127.0.0.1:${port}
set command /bin/sh -c cat<${said};cat<${said}>&2;exit\${IFS}3
${hasJournals ? `set journal ${journals.folder}\n` : ''}`;
  const read = readConfig(configAt(at.folder, `${conf}${sources}${RULES.replace('CSV', csv)}`));
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const clock = heldClock(Math.max(NOON, 0));
  const { receivers } = await open(read.config, { clock });
  const { daemon } = daemonOn(at, read.config, receivers, clock);
  await daemon.poll();
  await send(port, [`<13>Nov  2 11:00:00 web2 app: token=${SECRET}`, `<13>app: password ${SECRET}`]);
  await until(() => receivers.states().some(({ status }) => status.includes('status 3')));
  for (let turn = 0; turn < 3; turn++) {
    clock.advance(1000);
    await daemon.poll();
  }
  const before = bytesBelow(at.folder);
  await daemon.flush('flushing');
  const all = new Map([...before].map(([path, bytes]) => [`${path} before`, bytes]));
  for (const [path, bytes] of bytesBelow(at.folder)) all.set(path, bytes);
  for (const mine of [log, json, said, join(at.folder, 'tenshi.conf')])
    for (const name of [mine, `${mine} before`]) all.delete(name);
  return { mails: maildir(at.folder).join('\n'), all };
}

/** Which of these files hold a secret. */
function leaks(all: ReadonlyMap<string, string>): string[] {
  return [...all]
    .filter(([, bytes]) => bytes.includes(SECRET) || bytes.includes(OTHER))
    .map(([path]) => path);
}

describe('set redact', () => {
  it('keeps what it matches out of letters, csv and all of the state; without it that is found there', async () => {
    const without = await holdings(place(), '');
    const places = leaks(without.all).join('\n');
    for (const kind of ['/state/', '/Maildir/', '/csv']) expect(places).toContain(kind);
    const at = place();
    const { mails, all } = await holdings(at, REDACT);
    expect(leaks(all)).toEqual([]);
    expect(mails.replaceAll('=\n', '')).toContain('1: app: PASSWORD ______ and ______, twice ______');
    expect(mails.replaceAll('=\n', '')).toContain('3: app: PASSWORD ______ and ______');
    expect([...all.keys()].join('\n')).toContain('/state/tayori.db');
    expect([...all.keys()].join('\n')).toContain('/csv');
    const status = await runCli(['status', '-c', join(at.folder, 'tenshi.conf')]);
    expect(status.out).not.toContain(SECRET);
  });

  it('nor does what commands print of lines hold it: digest, suggest, preview', async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'x.log');
    writeFileSync(log, `${LINES.slice(0, -1).join('\n')}\n`);
    for (const [conf, isTold] of [
      ['', true],
      [REDACT, false],
    ] as const) {
      const path = configAt(folder, `${conf}set logfile ${log}\n${RULES.replace(/set csv.*\n|,csv/g, '')}`);
      const ways = [
        ['digest', '-c', path, log],
        ['digest', '-c', path, '--format', 'json', log],
        ['digest', '-c', path, '--format', 'html', log],
        ['suggest', '-c', path, log],
      ];
      const outputs = await Promise.all(ways.map((way) => runCli(way)));
      const said = outputs.map(({ out, err }) => out + err);
      expect(said.slice(0, 3).every((text) => text.includes(SECRET))).toBe(isTold);
      if (!isTold) expect(said.join('\n')).not.toMatch(new RegExp(`${SECRET}|${OTHER}`));
    }
  });

  it('takes effect for the lines that come when it is in force, and changes no letter of before', async () => {
    const at = place();
    const log = join(at.folder, 'x.log');
    writeFileSync(log, `${LINES[2]}\n`);
    const conf = (redact: string): string => configAt(at.folder, `${redact}set logfile ${log}\nreport .*\n`);
    for (const [redact, expected] of [
      ['', SECRET],
      [REDACT, '______'],
    ] as const) {
      const read = readConfig(conf(redact));
      if (!read.ok) throw new Error(JSON.stringify(read.faults));
      const { daemon, stop } = daemonOn(at, read.config);
      await daemon.poll();
      await daemon.flush('flushing');
      await stop();
      expect(maildir(at.folder).filter((mail) => mail.includes(`PASSWORD ${expected}`))).toHaveLength(1);
      appendFileSync(log, `${LINES[2]}\n`);
    }
  });
});
