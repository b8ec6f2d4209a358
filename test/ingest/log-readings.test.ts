import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { MAX_HOLD_TIME } from '../../src/source/file/segment.js';
import { follow } from './follow-log.js';

const { raw } = String;

const HERE = hostname();

describe('set loghost', () => {
  it.each([
    [
      'a name for a log whose lines have none; a line that names another host is of that one',
      'set loghost FOLDER/nas/* nas1',
      'nas/messages',
      [
        'disk 1 fails',
        'Nov 20 11:00:00 web2 sshd: hello',
        'Nov 20 11:00:00 localhost sshd: hello',
        'Nov 20 11:00:00 sshd[7]: who',
      ],
      ['n nas1 1: disk 1 fails', 'n nas1 1: sshd: hello', 'n nas1 1: sshd[7]: who', 'n web2 1: sshd: hello'],
    ],
    [
      'the folder of a host',
      raw`set loghost FOLDER/remote/*/*.log /remote/([^/]+)/`,
      'remote/db-1.example.org/sshd.log',
      ['Accepted key for joe', '<35>su: failed'],
      ['n db-1.example.org 1: Accepted key for joe', 'n db-1.example.org 1: su: failed'],
    ],
    [
      'user and address in the name of a typescript, which rules ask for and mask',
      `${raw`set loghost FOLDER/*.log /(?<user>[^/]+)_\d{14}_(?<address>[^/_]+)\.log$`}
${raw`a ^user=alice address=(\S+): passwd`}`,
      'alice_20261120120000_192.0.2.7.log',
      ['passwd', 'ls'],
      [`a ${HERE} 1: user=alice address=___: passwd`, `n ${HERE} 1: user=alice address=192.0.2.7: ls`],
    ],
    [
      'a host beside others',
      raw`set loghost FOLDER/*.log /(?<user>[^/_]+)_(?<host>[^/_]+)\.log$`,
      'joe_web1.log',
      ['ls', 'Nov 20 11:00:00 web2 sshd: hello'],
      ['n web1 1: user=joe: ls', 'n web2 1: user=joe: sshd: hello'],
    ],
    [
      'the first line whose glob and regex match holds',
      `set loghost FOLDER/a* one\nset loghost FOLDER/* /c([^/]*)/\nset loghost FOLDER/* two\nset loghost FOLDER/* three`,
      'b.log',
      ['x'],
      ['n two 1: x'],
    ],
    [
      'a path in which the regex finds nothing is read as all others',
      raw`set loghost FOLDER/*.log /remote/(.)`,
      'b.log',
      ['x', 'Nov 20 11:00:00 web2 sshd: hello'],
      ['n web2 1: sshd: hello', 'noprefix [unprefixed logs] 1: x'],
    ],
    [
      'what is no host name is none',
      raw`set loghost FOLDER/*.log /([^/]+)\.log`,
      'kernel:.log',
      ['x'],
      ['noprefix [unprefixed logs] 1: x'],
    ],
    [
      'what would look like another field in a value is _',
      raw`set loghost FOLDER/*.log /(?<user>[^/]+)\.log`,
      'a=b:c.log',
      ['x'],
      [`n ${HERE} 1: user=a_b_c: x`],
    ],
    [
      'the number of a process is hidden without a prefix, too',
      'set hidepid on\nset loghost FOLDER/*.log nas1',
      'b.log',
      ['sshd[17]: x'],
      ['n nas1 1: sshd: x'],
    ],
  ])('%s', async (_, conf, name, lines, told) => {
    const log = await follow(conf, name);
    await log.append(`${lines.join('\n')}\n`);
    expect(log.told()).toEqual(told);
  });

  it('a log that is rotated keeps its host', async () => {
    const log = await follow('set loghost FOLDER/nas/* nas1', 'nas/messages');
    await log.append('one\n');
    renameSync(log.path, `${log.path}.1`);
    appendFileSync(`${log.path}.1`, 'two\n');
    writeFileSync(log.path, 'three\n');
    await log.wait(1000);
    expect(log.told()).toEqual(['n nas1 1: one', 'n nas1 1: three', 'n nas1 1: two']);
  });
});

describe('set multiline', () => {
  const TRACE = ['Nov 20 11:00:00 web1 shop: Exception: no stock', '\tat Stock.take(Stock.java:17)'];
  const JOINED = 'shop: Exception: no stock at Stock.take(Stock.java:17)';

  it('one entry comes to one rule, which masks what is in its second line', async () => {
    const log = await follow(
      `set multiline FOLDER/*.log indent\n${raw`a ^shop: Exception: .* at (\S+)`}`,
      'b.log',
    );
    await log.append(`${TRACE.join('\n')}\nNov 20 11:00:01 web1 shop: up\n`);
    expect(log.told()).toEqual(['a web1 1: shop: Exception: no stock at ___']);
    await log.wait(MAX_HOLD_TIME);
    expect(log.told()).toEqual(['a web1 1: shop: Exception: no stock at ___', 'n web1 1: shop: up']);
  });

  it('with the host of the file, by the first line of each entry', async () => {
    const log = await follow(
      `set loghost FOLDER/*.log shop1\nset multiline FOLDER/*.log ${raw`^\d{4}-\d\d-\d\d `}`,
      'b.log',
    );
    await log.append('2026-11-20 ERROR no\nTraceback:\n  File "a.py"\nKeyError: 7\n2026-11-20 INFO up\n');
    await log.wait(MAX_HOLD_TIME);
    expect(log.told()).toEqual([
      'n shop1 1: 2026-11-20 ERROR no Traceback: File "a.py" KeyError: 7',
      'n shop1 1: 2026-11-20 INFO up',
    ]);
  });

  it('a held entry is read again after a stop, and counted once', async () => {
    const log = await follow('set multiline FOLDER/*.log indent', 'b.log');
    await log.append(`Nov 20 11:00:00 web1 shop: begin\n${TRACE.join('\n')}\n`);
    await log.restart();
    await log.append('\tat Shop.sell(Shop.java:3)\nNov 20 11:00:01 web1 shop: up\n');
    await log.wait(MAX_HOLD_TIME);
    await log.restart();
    await log.wait(MAX_HOLD_TIME);
    expect(log.told()).toEqual([
      `n web1 1: ${JOINED} at Shop.sell(Shop.java:3)`,
      'n web1 1: shop: begin',
      'n web1 1: shop: up',
    ]);
  });

  it('an entry behind which the log is rotated is handed on', async () => {
    const log = await follow('set multiline FOLDER/*.log indent', 'b.log');
    await log.append(`${TRACE.join('\n')}\n`);
    renameSync(log.path, `${log.path}.1`);
    writeFileSync(log.path, '');
    await log.wait(1000);
    await log.wait(MAX_HOLD_TIME);
    expect(log.told()).toEqual([`n web1 1: ${JOINED}`]);
  });

  it('a log that no glob matches is read line by line', async () => {
    const log = await follow('set multiline FOLDER/c.log indent', 'b.log');
    await log.append(`${TRACE.join('\n')}\n`);
    expect(log.told()).toEqual([
      'n web1 1: shop: Exception: no stock',
      'noprefix [unprefixed logs] 1: \tat Stock.take(Stock.java:17)',
    ]);
  });
});

describe('groups', () => {
  it.each([
    [
      'on the file',
      `group_file /b\\.log$\na ^su:\ngroup_end\ngroup_file /c\na x\ngroup_end`,
      ['Nov 20 11:00:00 web1 su: x', '<35>Nov 20 11:00:00 web1 su: y', 'Nov 20 11:00:00 web1 sshd: x'],
      ['a web1 1: su: x', 'a web1 1: su: y', 'n web1 1: sshd: x'],
    ],
    [
      'on the priority, where the line has one',
      `${raw`group_priority ^auth(?:priv)?\.(?:err|crit)$`}\na .*\ngroup_end`,
      [
        '<35>Nov 20 11:00:00 web1 su: bad',
        '<38>Nov 20 11:00:00 web1 su: good',
        'Nov 20 11:00:00 web1 auth.err su: device',
        'Nov 20 11:00:00 web1 su: unknown',
      ],
      ['a web1 1: su: bad', 'a web1 1: su: device', 'n web1 1: su: good', 'n web1 1: su: unknown'],
    ],
    [
      'a regex that matches everything does not match what is not there',
      'group_priority .*\na .*\ngroup_end',
      ['Nov 20 11:00:00 web1 su: unknown', '<38>Nov 20 11:00:00 web1 su: good'],
      ['a web1 1: su: good', 'n web1 1: su: unknown'],
    ],
  ])('%s', async (_, conf, lines, told) => {
    const log = await follow(conf, 'b.log');
    await log.append(`${lines.join('\n')}\n`);
    expect(log.told()).toEqual(told);
  });
});

it('letters name the file of lines without a prefix', async () => {
  const log = await follow('set letter full', 'b.log');
  await log.append('x\n');
  expect(log.told()).toEqual(['noprefix [unprefixed logs] FOLDER/b.log 1: x']);
});

describe('set logformat', () => {
  it.each([
    [
      'json: equal messages are one, by the host that they name',
      'set logformat FOLDER/*.log json\na ^shop: paid (?:level=info )?order=(\\d+)',
      [
        '{"name":"shop","hostname":"web1","level":30,"msg":"paid","order":7}',
        '{"order":8,"msg":"paid","level":"info","host":"web1","app":"shop"}',
        'no json',
      ],
      ['a web1 2: shop: paid level=info order=___', 'noprefix [unprefixed logs] 1: no json'],
    ],
    [
      'names of set jsonfields, and priorities for groups',
      `set logformat FOLDER/*.log json
set jsonfields message=what
${raw`group_priority \.err$`}
a (?:)
group_end`,
      ['{"level":"error","what":"x","host":"web1"}', '{"level":"info","what":"y","host":"web1"}'],
      ['a web1 1: json: x level=error', 'n web1 1: json: y level=info'],
    ],
    [
      'access logs, with a host from the path',
      raw`set logformat FOLDER/*.log apache
set loghost FOLDER/*.log /(\w+)\.log$
a ^httpd: (\S+) - - "GET (?:\S+) HTTP/1\.1" 404 (\d+)`,
      ['192.0.2.7 - - [20/Nov/2026:11:00:00 +0000] "GET /a HTTP/1.1" 404 153 "-" "curl"'],
      ['a app 1: httpd: ___ - - "GET /a HTTP/1.1" 404 ___ "-" "curl"'],
    ],
  ])('%s', async (_, conf, lines, told) => {
    const log = await follow(conf, 'app.log');
    await log.append(`${lines.join('\n')}\n`);
    expect(log.told()).toEqual(told);
  });

  it('cri: a line whose end has not come is counted once, over a restart and a rotation', async () => {
    const log = await follow('set logformat FOLDER/*.log cri\nset loghost FOLDER/*.log node1', 'app.log');
    const line = (tag: string, text: string) => `2026-11-20T11:00:00Z stdout ${tag} ${text}\n`;
    await log.append(line('F', 'one') + line('P', 'tw'));
    expect(log.told()).toEqual(['n node1 1: one']);
    await log.restart();
    await log.append(line('F', 'o'));
    expect(log.told()).toEqual(['n node1 1: one', 'n node1 1: two']);
    await log.append(line('P', 'three'));
    renameSync(log.path, `${log.path}.1`);
    writeFileSync(log.path, line('F', 'four'));
    for (let poll = 0; poll < 30; poll++) await log.wait(5000);
    expect(log.told()).toEqual(['n node1 1: four', 'n node1 1: one', 'n node1 1: three', 'n node1 1: two']);
  });

  it('w3c: the names of fields are found at the head of the log after a restart', async () => {
    const log = await follow('set logformat FOLDER/*.log w3c\nset loghost FOLDER/*.log iis1', 'app.log');
    await log.append('#Software: x\n#Fields: date time cs-uri-stem sc-status\n2026-11-20 11:00:00 /a 200\n');
    await log.restart();
    await log.append('2026-11-20 11:00:00 /b 500\n');
    expect(log.told()).toEqual([
      'n iis1 1: w3c: cs-uri-stem=/a sc-status=200',
      'n iis1 1: w3c: cs-uri-stem=/b sc-status=500',
    ]);
  });
});
