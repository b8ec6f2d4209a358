import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { folderOf, type Imported, importFrom } from './imported.js';
import { verdictsOf } from './verdicts-of.js';

const r = String.raw;

const write = (files: Readonly<Record<string, string>>): string => folderOf('ossec', files);
const read = (path: string): Promise<Imported> => importFrom('ossec', path);

/** Each queue with the messages of its letter. */
async function lettersOf(config: string, lines: readonly string[], log: string): Promise<string[]> {
  writeFileSync(log, `${lines.join('\n')}\n`);
  const { out } = await runCli(['digest', '-c', config, '--format', 'json', log]);
  const letters = JSON.parse(out) as {
    queue: string;
    hosts: { messages: { message: string; count: number }[] }[];
  }[];
  return letters
    .flatMap(({ queue, hosts }) =>
      hosts.flatMap(({ messages }) => messages.map(({ message, count }) => `${queue} ${count} ${message}`)),
    )
    .sort();
}

const CONF = `<ossec_config>
  <global>
    <email_notification>yes</email_notification>
    <email_to>soc@example.org</email_to>
    <email_to>night@example.org</email_to>
    <email_from>ossec@example.org</email_from>
    <smtp_server>mail.example.org</smtp_server>
  </global>
  <rules><include>door.xml</include></rules>
  <localfile><log_format>syslog</log_format><location>/var/log/auth.log</location></localfile>
  <localfile><log_format>command</log_format><command>df -h</command></localfile>
  <localfile><log_format>syslog</log_format><location>/var/log/app-%Y.log</location></localfile>
  <syscheck><frequency>7200</frequency></syscheck>
</ossec_config>
<ossec_config>
  <alerts><email_alert_level>6</email_alert_level></alerts>
</ossec_config>
`;

const DECODERS = r`<decoder name="doord">
  <program_name>^doord</program_name>
</decoder>
<decoder name="doord-wrong">
  <parent>doord</parent>
  <prematch>^wrong key </prematch>
  <regex offset="after_prematch">^of (\w+) from (\S+)$</regex>
  <order>user, srcip</order>
</decoder>
`;

const RULES = r`<!-- Two roots, and a variable: no XML. -->
<var name="DAMAGE">broken|forced</var>
<group name="syslog,door,">
  <rule id="100" level="0" noalert="1"><decoded_as>doord</decoded_as><description>Of the door.</description></rule>
  <rule id="101" level="5">
    <if_sid>100</if_sid><match>^wrong key</match><description>A wrong key.</description><group>wrong,</group>
  </rule>
  <rule id="102" level="10" frequency="1" timeframe="60" ignore="300">
    <if_matched_sid>101</if_matched_sid><same_source_ip /><description>Many wrong keys.</description>
  </rule>
  <rule id="103" level="12"><if_sid>100</if_sid><match>$DAMAGE</match><description>The door is damaged.</description></rule>
  <rule id="104" level="8">
    <if_sid>100</if_sid><hostname>^vault</hostname><regex>^opened by (\w+)@night$</regex><description>At night.</description>
  </rule>
  <rule id="105" level="7"><if_group>wrong</if_group><user>^root$</user><description>A wrong key of root.</description></rule>
  <rule id="106" level="3"><program_name>^cron$|^atd</program_name><match>error</match><description>Of cron.</description></rule>
  <rule id="107" level="7"><if_sid>100</if_sid><weekday>weekends</weekday><description>At the weekend.</description></rule>
</group>
`;

const DOOR = { 'etc/ossec.conf': CONF, 'etc/decoder.xml': DECODERS, 'rules/door.xml': RULES };

describe('import ossec', () => {
  it('makes groups of what rules ask, queues of levels, windows of counts, and named groups of fields', async () => {
    const { code, statements } = await read(write(DOOR));
    const tag = r`^(?:[^\s:\[\]]+(?:\[\d+\])?: )?+`;
    const wrong = (user: string): string =>
      r`(?i)${tag}wrong key of (?<user>${user}[\w@-]+?) from (?<srcip>[^ ]+)$`;
    const mail = 'ossec@example.org soc@example.org,night@example.org';
    expect(code).toBe(0);
    expect(statements).toEqual([
      'set logfile /var/log/auth.log',
      'set mailserver mail.example.org',
      `set queue now ${mail} [now] OSSEC: level 10 and above`,
      `set queue noon ${mail} [0 12 * * *] OSSEC: levels 6 to 9`,
      `set queue quiet ${mail} [@weekly] OSSEC: levels below 6, which OSSEC does not mail`,
      `set queue rule_102 ${mail} [now] OSSEC: Many wrong keys.`,
      'set window rule_102 3 60s by srcip',
      'set throttle rule_102 300s by srcip',
      r`group (?i)^doord[^\s:\[\]]*(?:\[\d+\])?: `,
      'group (?i)broken|forced',
      `now ${wrong('')}`,
      'now .*',
      'group_end',
      'group_host (?i)^vault',
      r`group (?i)${tag}opened by (?:[\w@-]+?)@night$`,
      `noon ${wrong('')}`,
      'noon .*',
      'group_end',
      'group_end',
      `group (?i)${tag}wrong key`,
      `noon ${wrong(r`(?=root(?![\w@-]))`)}`,
      `quiet,rule_102 ${wrong('')}`,
      'quiet .*',
      'group_end',
      'trash .*',
      'group_end',
      r`group (?i)^(?:cron|atd[^\s:\[\]]*)(?:\[\d+\])?: `,
      'group (?i)error',
      'quiet .*',
      'group_end',
      'group_end',
      'trash .*',
    ]);
  });

  it('reports line by line what it cannot carry over', async () => {
    const { report } = await read(write(DOOR));
    expect(report).toEqual([
      '/etc/ossec.conf:11: not carried over: <localfile> "df -h": the output of a command that runs now and then is not read; set command reads that of one that runs on',
      '/etc/ossec.conf:12: not carried over: <localfile> "/var/log/app-%Y.log": it names a date: write a glob, as in set logfile /var/log/app-*.log',
      '/rules/door.xml:17: not carried over: rule 107, level 7: "At the weekend.": nothing here is like <weekday>, and without it the rule would take more',
      '/etc/ossec.conf:13: not carried over: <syscheck>: files are not watched here',
      '/rules/door.xml:8: note: rule 102, frequency="1": OSSEC fires at two more than that, so the window counts 3',
      '7 of 8 rules carried over; 4 remarks on what is not carried over; 1 note',
    ]);
  });

  it('sorts lines as these rules do', async () => {
    const { config } = await read(write(DOOR));
    const rows: readonly [string, string][] = [
      ['quiet,rule_102', 'web1 doord[7]: wrong key of bob from 192.0.2.7'],
      ['noon', 'web1 doord[7]: wrong key of root from 192.0.2.7'],
      ['quiet,rule_102', 'web1 doord: wrong key of rooty from 192.0.2.7'],
      ['quiet', 'web1 doord: wrong key'],
      ['now', 'web1 doord: the door is FORCED'],
      ['now', 'web1 doord: wrong key of bob from broken.example.org'],
      ['noon', 'vault2 doord: Opened by bob@night'],
      ['trash', 'web1 doord: opened by bob@night'],
      ['trash', 'vault2 doord: opened by bob@nights'],
      ['quiet', 'web1 cron[1]: an error'],
      ['trash', 'web1 crond[1]: an error'],
      ['quiet', 'web1 atd2: an error'],
      ['trash', 'web1 sshd: wrong key of bob from 192.0.2.7'],
    ];
    const verdicts = await verdictsOf(
      config,
      '/var/log/auth.log',
      rows.map(([, line]) => `Nov 20 10:00:00 ${line}`),
    );
    expect(verdicts.map(({ queue }, at) => [queue, rows[at]?.[1]])).toEqual(rows.map((row) => [...row]));
  });

  it('counts logins from one address in an access log, and takes no other request', async () => {
    const log = join(temporaryFolder(), 'access.log');
    const { config, report } = await read(
      write({
        'etc/ossec.conf': `<ossec_config>
  <rules><include>web.xml</include></rules>
  <localfile><log_format>apache</log_format><location>${log}</location></localfile>
</ossec_config>`,
        'etc/decoder.xml': r`<decoder name="requests">
  <type>web-log</type>
  <prematch>^\d+.\d+.\d+.\d+ - |^\S+:\S+ - </prematch>
  <regex>^(\S+) \S+ \S+ [\d+/\w+/\S+ \S+] </regex>
  <regex>"(\w+) (\S+) HTTP/\S+" (\d+) </regex>
  <order>srcip, extra_data, url, id</order>
</decoder>`,
        'rules/web.xml': `<group name="web,">
  <rule id="700" level="0"><category>web-log</category><description>Requests.</description></rule>
  <rule id="701" level="0"><if_sid>700</if_sid><id>^2|^3</id><description>Usual ones.</description></rule>
  <rule id="702" level="7"><if_sid>700</if_sid><url>?-s|?-d</url><description>PHP as CGI.</description></rule>
  <rule id="703" level="10" frequency="18" timeframe="120">
    <if_sid>701</if_sid>
    <url>/login</url>
    <extra_data>POST</extra_data>
    <same_source_ip />
    <description>Many logins from one address.</description>
  </rule>
</group>`,
      }),
    );
    const request = (ip: string, text: string, status: number): string =>
      `${ip} - - [24/Dec/2014:23:43:56 +0900] "${text} HTTP/1.1" ${status} -`;
    const letters = await lettersOf(
      config,
      [
        ...Array.from({ length: 20 }, () => request('198.51.100.10', 'POST /login', 200)),
        ...Array.from({ length: 19 }, () => request('198.51.100.11', 'POST /login', 200)),
        ...Array.from({ length: 30 }, () => request('198.51.100.12', 'GET /login', 200)),
        ...Array.from({ length: 30 }, () => request('198.51.100.13', 'POST /login', 403)),
        request('198.51.100.14', 'GET /index.php?-s', 404),
      ],
      log,
    );
    expect(report.at(-1)).toBe('4 of 4 rules carried over; 1 note');
    expect(letters).toEqual([
      'noon 1 ______ - - [24/Dec/2014:23:43:56 +0900] "______ ______ HTTP/1.1" ______ -',
      'rule_703 20 ______ - - [24/Dec/2014:23:43:56 +0900] "______ ______ HTTP/1.1" ______ - (20 within 2 min: srcip 198.51.100.10)',
    ]);
  });

  it.each([
    [
      'a rule twice',
      '<rule id="1" level="5"></rule><rule id="1" level="5"></rule>',
      /rule 1: line 1 of .* has this id already/,
    ],
    [
      'a rule that is overwritten',
      '<rule id="1" level="5"></rule><rule id="1" level="6" overwrite="yes"></rule>',
      /^1 of 1 rules carried over$/m,
    ],
    ['a level of 99', '<rule id="1" level="99"></rule>', /no number as its id, or no level from 0 to 16/],
    [
      'an id that is more than a number',
      '<rule id="1 x\nset uid root" level="5"></rule>',
      /no number as its id/,
    ],
    [
      'a line break in a text',
      '<rule id="1" level="5"><match>a\nset uid root</match></rule>',
      /^1 of 1 rules carried over$/m,
    ],
    ['an ignore that is no time', '<rule id="1" level="5" ignore="1.5"></rule>', /its ignore is no time/],
    [
      'rules that stand below each other',
      '<rule id="1" level="5"><if_sid>2</if_sid></rule><rule id="2" level="5"><if_sid>1</if_sid></rule>',
      /rule 1, level 5: no rule above it is carried over/,
    ],
    [
      'a rule below itself',
      '<rule id="1" level="5"></rule><rule id="2" level="5"><if_sid>1</if_sid></rule><rule id="3" level="5"><if_group>g</if_group></rule>',
      /^3 of 3 rules carried over$/m,
    ],
    [
      'a decoder that is not there',
      '<rule id="1" level="5"><decoded_as>none</decoded_as></rule>',
      /the decoder "none" is not there/,
    ],
    [
      'a field that no decoder has',
      '<rule id="1" level="5"><url>x</url></rule>',
      /no decoder has the field url/,
    ],
    [
      'a regex that is none',
      r`<rule id="1" level="5"><regex>((a))</regex></rule>`,
      /"\(\(a\)\)": a group in a group/,
    ],
    [
      'a count that is none',
      '<rule id="1" level="5" frequency="x"></rule>',
      /its frequency or its timeframe is none/,
    ],
    [
      'a count of what is not there',
      '<rule id="1" level="5" frequency="2"><if_matched_sid>9</if_matched_sid></rule>',
      /the rule or group that it counts is not there/,
    ],
    [
      'a count by a field that no decoder names',
      '<rule id="1" level="5"><match>a</match></rule><rule id="2" level="9" frequency="2"><if_matched_sid>1</if_matched_sid><same_source_ip /></rule>',
      /rule 2, level 9: no decoder names srcip of the lines that it counts/,
    ],
    [
      'an element that is not closed',
      '<rule id="1" level="5"><match>a</rule>',
      /<match>: it is not closed before <\/rule>/,
    ],
    [
      'an end of nothing',
      '<rule id="1" level="5"></rule></match>',
      /<\/match>: it ends nothing that has begun/,
    ],
    [
      'elements in elements without end',
      `<rule id="1" level="5"></rule>${'<a>'.repeat(100)}`,
      /elements nested more than 50 deep/,
    ],
    [
      'a comment without an end',
      '<rule id="1" level="5"></rule><!-- ',
      /it is not closed; it is taken to end with the file/,
    ],
    ['a < in a text', '<rule id="1" level="5"><match>a < b</match></rule>', /^1 of 1 rules carried over$/m],
  ])('names %s, and writes a sound config', async (_, rules, expected) => {
    const { report, code } = await read(
      join(write({ 'x.xml': `<group name="g,">${rules}</group>` }), 'x.xml'),
    );
    expect(report.join('\n')).toMatch(expected);
    expect(code).toBe(0);
  });

  it('says where it stops when rules stand below each other without end', async () => {
    const rules = Array.from(
      { length: 60 },
      (_, at) => `<rule id="${at}" level="5"><if_group>g</if_group></rule>`,
    );
    const folder = write({
      'x.xml': `<group name="g,"><rule id="99" level="3"></rule>${rules.join('')}</group>`,
    });
    const { out, err } = await runCli(['import', 'ossec', join(folder, 'x.xml')]);
    expect(err).toMatch(
      /carried over, but: rule \d+, level 5: more than 10000 rules, with those that stand below several; here and below some are left out/,
    );
    expect(out.split('\n').length).toBeLessThan(40_000);
  }, 60_000);

  it.each([
    ['an empty file', ''],
    ['binary', '\0\x01\xff<\0>'],
    ['a file of other things', '<html><body>x</body></html>'],
    ['an unfinished tag', '<rule id="1'],
  ])('says so of %s', async (_, text) => {
    const path = join(write({ 'x.xml': text }), 'x.xml');
    const { code, err } = await runCli(['import', 'ossec', path]);
    expect([code, err]).toEqual([1, `tayori import: ${path} holds no rules of OSSEC\n`]);
  });
});
