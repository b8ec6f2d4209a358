import { describe, expect, it } from 'vitest';
import type { FieldNames } from '../../../src/line/format/fields.js';
import { FORMATS, formatOf } from '../../../src/line/format/formats.js';
import { createLineReader } from '../../../src/line/read-line.js';
import { lineOptions } from '../read.js';

const { raw } = String;

interface Given {
  readonly names?: FieldNames;
  readonly head?: string;
}

/** What a line (or lines that are one entry) is read as. */
function read(name: string, line: string, { names = {}, head = '' }: Given = {}) {
  const format = formatOf(name);
  if (!format) throw new Error(name);
  const lines = lineOptions();
  const reader = format.createReader({ lines, otherwise: createLineReader(lines), names, head: () => head });
  const entries = format.join ? format.join(line.split('\n'), true).entries : line.split('\n');
  const readings = entries.map((entry) => reader(entry));
  const last = readings.at(-1);
  return last?.kind === 'entry' ? last.entry : { text: last?.kind };
}

const AT = Date.UTC(2026, 10, 29, 10, 2, 57);

describe('the example of each format', () => {
  it.each(FORMATS.map(({ name, example, yields }) => [name, example, yields]))(
    '%s',
    (name, example, yields) => {
      const head = '#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status\n';
      expect(read(name, example, { head }).text).toBe(yields);
    },
  );
});

describe('fields', () => {
  it.each<[string, string, string, object]>([
    [
      'bunyan',
      'json',
      raw`{"name":"shop","hostname":"web1","pid":812,"level":50,"msg":"no answer","time":"2026-11-29T10:02:57.000Z","v":0}`,
      { host: 'web1', time: AT, text: 'shop: no answer level=error', priority: 'user.err' },
    ],
    [
      'winston',
      'json',
      raw`{"level":"info","message":"paid","timestamp":"2026-11-29T10:02:57Z","order":7}`,
      { text: 'json: paid level=info order=7', time: AT },
    ],
    [
      'zap, in seconds',
      'json',
      raw`{"level":"warn","ts":1795946577.0,"caller":"a.go:7","msg":"slow"}`,
      { text: 'json: slow level=warn caller=a.go:7', time: AT },
    ],
    [
      'ECS',
      'json',
      raw`{"@timestamp":"2026-11-29T10:02:57Z","log.level":"error","message":"x","service.name":"shop","host":{"name":"web2"},"ecs.version":"1.6"}`,
      { host: 'web2', text: 'shop: x level=error', time: AT },
    ],
    [
      'journalctl -o json',
      'json',
      raw`{"__REALTIME_TIMESTAMP":"1795946577000000","_HOSTNAME":"db1","SYSLOG_IDENTIFIER":"cron","_PID":"9","PRIORITY":"3","MESSAGE":"late"}`,
      { host: 'db1', text: 'cron: late level=3', time: AT, priority: 'user.err' },
    ],
    [
      'a second stamp is no part of the message',
      'json',
      '{"msg":"x","time":"2026-11-29T10:02:57Z","timestamp":1795946577000,"asctime":"then"}',
      { text: 'json: x', time: AT },
    ],
    [
      'what journald adds is none either',
      'json',
      raw`{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1795946577000000","_SOURCE_REALTIME_TIMESTAMP":"1795946576999000","__SEQNUM":"9","_UID":"0","_CMDLINE":"/usr/sbin/cron -f","SYSLOG_FACILITY":"9","SYSLOG_TIMESTAMP":"Nov 29 10:02:57 ","CODE_LINE":"12","INVOCATION_ID":"ab","JOB_TYPE":"start","SYSLOG_IDENTIFIER":"cron","PRIORITY":"3","MESSAGE":"late"}`,
      { text: 'cron: late level=3 JOB_TYPE=start', time: AT },
    ],
    [
      'the stamp of Docker is none beside that of the program',
      'docker',
      raw`{"log":"{\"timestamp\":\"2026-11-29T10:02:57Z\",\"msg\":\"paid\"}\n","stream":"stdout","time":"2026-11-29T10:02:58Z"}`,
      { text: 'docker: paid stream=stdout', time: AT },
    ],
    ['nanoseconds', 'json', raw`{"time":1795946577000000000,"msg":"x"}`, { time: AT }],
    [
      'the order of fields counts for nothing',
      'json',
      raw`{"b":1,"msg":"x","a":2}`,
      { text: 'json: x a=2 b=1' },
    ],
    [
      'objects in objects, lists, and values of several words',
      'json',
      raw`{"msg":"x","user":{"name":"ann b","ids":[1,2]}}`,
      { text: 'json: x user.ids=[1,2] user.name="ann b"' },
    ],
    [
      'a message of several lines becomes one',
      'json',
      raw`{"msg":"a\n  b\u0000"}`,
      { text: 'json: a b\u0000' },
    ],
    [
      'a key like __proto__ is a key',
      'json',
      raw`{"msg":"x","__proto__":{"a":1}}`,
      { text: 'json: x __proto__.a=1' },
    ],
    [
      'behind a syslog prefix',
      'json',
      raw`Nov 29 10:02:57 web1 shop[812]: {"level":"info","msg":"paid"}`,
      { host: 'web1', text: 'shop: paid level=info' },
    ],
    [
      'behind @cee',
      'json',
      raw`Nov 29 10:02:57 web1 shop: @cee: {"msg":"paid"}`,
      { host: 'web1', text: 'shop: paid' },
    ],
    [
      'a syslog line in between is read as one',
      'json',
      'Nov 29 10:02:57 web1 sshd[812]: x',
      { host: 'web1', text: 'sshd: x' },
    ],
    ['a line that is cut is none', 'json', '{"msg":"x', { text: 'unprefixed' }],
    ['a list is none', 'json', '[1,2]', { text: 'unprefixed' }],
    ['an empty object says nothing', 'json', '{}', { text: 'unprefixed' }],
    [
      'logfmt with quotes and a flag',
      'logfmt',
      raw`ts=2026-11-29T10:02:57Z lvl=eror msg="a \"b\"" dry host=web3`,
      { host: 'web3', text: 'logfmt: a "b" level=eror dry=true', time: AT },
    ],
    ['logfmt whose quotes do not end is none', 'logfmt', 'level=info msg="x', { text: 'unprefixed' }],
    [
      'partial lines of a container',
      'cri',
      '2026-11-29T10:02:57Z stdout P disk is \n2026-11-29T10:02:57Z stderr F other\n2026-11-29T10:02:57Z stdout F full',
      { text: 'disk is full' },
    ],
    [
      'JSON of a container',
      'cri',
      raw`2026-11-29T10:02:57Z stdout F {"level":"info","msg":"paid"}`,
      { text: 'cri: paid level=info', time: AT },
    ],
    [
      'partial lines of Docker, with JSON in them',
      'docker',
      raw`{"log":"{\"msg\":\"pa","stream":"stdout","time":"2026-11-29T10:02:57Z"}` +
        '\n' +
        raw`{"log":"id\"}\n","stream":"stdout","time":"2026-11-29T10:02:57Z"}`,
      { text: 'docker: paid stream=stdout' },
    ],
    [
      'a virtual host',
      'apache',
      'www.example.org:443 192.0.2.7 - - [29/Nov/2026:11:02:57 +0100] "GET / HTTP/2" 200 5',
      { text: 'httpd: www.example.org:443 192.0.2.7 - - "GET / HTTP/2" 200 5', time: AT },
    ],
    [
      'an error of Apache',
      'apache',
      '[Sun Nov 29 10:02:57.000000 2026] [core:notice] [pid 812:tid 99] AH00094: x',
      { text: 'httpd: [core:notice] AH00094: x', time: AT },
    ],
    [
      'a statement of PostgreSQL',
      'postgresql',
      '2026-11-29 10:02:57.000 UTC [812] app@shop STATEMENT:  select\n\tfrom x',
      { text: 'postgres: app@shop STATEMENT:  select from x' },
    ],
    [
      'a traceback',
      'python',
      'ERROR:shop.pay:no answer\nTraceback (most recent call last):\n  File "a.py", line 7\nKeyError: 1',
      {
        text: 'shop.pay: [ERROR] no answer Traceback (most recent call last): File "a.py", line 7 KeyError: 1',
      },
    ],
    [
      'W3C whose fields are named in between',
      'w3c',
      '#Fields: time date s-computername sc-status\n10:02:57 2026-11-29 IIS1 500',
      { host: 'IIS1', text: 'w3c: sc-status=500', time: AT },
    ],
    ['W3C without any', 'w3c', '10:02:57 500', { text: 'unprefixed' }],
  ])('%s', (_, name, line, expected) => {
    expect(read(name, line)).toMatchObject(expected);
  });

  it('names of set jsonfields count first', () => {
    const names = { message: ['what'], host: ['machine'], program: ['job'] };
    expect(read('json', '{"what":"x","machine":"web1","job":"nightly","msg":"y"}', { names })).toMatchObject({
      host: 'web1',
      text: 'nightly: x msg=y',
    });
  });

  it('lists in lists without end are cut', () => {
    const deep = `{"msg":"x","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(read('json', deep).text?.length).toBeLessThan(250_000);
    const objects = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`;
    expect(read('json', objects).text).toMatch(/^json: a\.a\.a\.a\.a=/);
  });
});

describe('lines of a container that are not complete', () => {
  const join = (lines: string[], isEnd = false) => formatOf('cri')?.join?.(lines, isEnd);
  const line = (stream: string, tag: string, text: string) => `2026-11-29T10:02:57Z ${stream} ${tag} ${text}`;
  it.each<[string, string[], number, string[]]>([
    ['are held', [line('stdout', 'F', 'a'), line('stdout', 'P', 'b')], 1, ['a']],
    ['hold those behind them', [line('stdout', 'P', 'b'), line('stderr', 'F', 'c')], 2, []],
    [
      'hold an entry that began before them and ended behind',
      [line('stderr', 'P', 'a'), line('stdout', 'P', 'b'), line('stderr', 'F', 'c')],
      3,
      [],
    ],
  ])('%s', (_, lines, held, told) => {
    const joined = join(lines);
    expect(joined?.held).toBe(held);
    expect(joined?.entries.map((entry) => entry.split(' F ')[1])).toEqual(told);
    expect(join(lines, true)?.held).toBe(0);
  });
});
