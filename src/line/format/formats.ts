import type { JoinLines } from '../../base/text/joiner.js';
import type { ReadEntry } from '../log-reading.js';
import { createMultilineJoiner, isIndented } from '../multiline.js';
import {
  createAccessReader,
  createDpkgReader,
  createPythonReader,
  isPythonLine,
} from './application-lines.js';
import { joinCri, joinDocker } from './containers.js';
import type { LogFormat } from './format.js';
import { readJson } from './json.js';
import { readLogfmt } from './logfmt.js';
import { createStructuredReader } from './structured.js';
import { createW3cReader } from './w3c.js';

/** A line that no dialect begins is a line of its own; lines of these logs that are indented go on. */
const joinIndented = createMultilineJoiner(isIndented);
/** A traceback of Python ends with a line that is not indented. */
const joinPython = createMultilineJoiner((line) => !isPythonLine(line));

/** Formats whose lines the table of dialects knows: only that they are read, and joined, is said by their names. */
function known(
  name: string,
  from: string,
  example: string,
  yields: string,
  join: JoinLines | null,
): LogFormat {
  return { name, from, example, yields, join, createReader: ({ otherwise }) => otherwise };
}

export const FORMATS: readonly LogFormat[] = [
  known(
    'syslog',
    'programs that write as syslog does, which is how all other logs are read',
    'Nov 29 10:02:57 web1 sshd[812]: Connection closed',
    'sshd: Connection closed',
    null,
  ),
  {
    name: 'json',
    from: 'pino, bunyan, winston, zap, slog, logrus, Serilog, Elastic (ECS), GELF, `journalctl -o json`; also behind a syslog prefix',
    example: '{"level":30,"time":1795946577123,"name":"shop","pid":812,"msg":"paid","order":7}',
    yields: 'shop: paid level=info order=7',
    join: null,
    createReader: (options) => createStructuredReader('json', readJson, options),
  },
  {
    name: 'logfmt',
    from: 'Go programs, Heroku, Grafana',
    example: 'time=2026-11-29T10:02:57Z level=warn msg="disk is full" disk=sdb',
    yields: 'logfmt: disk is full level=warn disk=sdb',
    join: null,
    createReader: (options) => createStructuredReader('logfmt', readLogfmt, options),
  },
  {
    name: 'cri',
    from: 'containerd and CRI-O (Kubernetes); partial lines are joined, and what is JSON is read as such',
    example: '2026-11-29T10:02:57.123456789Z stderr F disk is full',
    yields: 'disk is full',
    join: joinCri,
    createReader: (options) => createStructuredReader('cri', readJson, options),
  },
  {
    name: 'docker',
    from: "Docker's driver json-file; partial lines are joined, and what is JSON is read as such",
    example: String.raw`{"log":"disk is full\n","stream":"stderr","time":"2026-11-29T10:02:57.123456789Z"}`,
    yields: 'docker: disk is full stream=stderr',
    join: joinDocker,
    createReader: (options) => createStructuredReader('docker', readJson, options),
  },
  {
    name: 'apache',
    from: 'access logs (common, combined, with virtual hosts) and error logs of Apache httpd; access logs of nginx',
    example: '192.0.2.7 - ann [29/Nov/2026:10:02:57 +0000] "GET /a HTTP/1.1" 404 153 "-" "curl/8"',
    yields: 'httpd: 192.0.2.7 - ann "GET /a HTTP/1.1" 404 153 "-" "curl/8"',
    join: null,
    createReader: ({ lines, otherwise }) => orElse(createAccessReader(lines), otherwise),
  },
  known(
    'nginx-error',
    'error logs of nginx',
    '2026/11/29 10:02:57 [error] 812#812: *5 open() "/x" failed',
    'nginx: [error] open() "/x" failed',
    null,
  ),
  known(
    'postgresql',
    'PostgreSQL; lines that begin with a tab go on',
    '2026-11-29 10:02:57.123 UTC [812] app@shop ERROR:  relation "x" does not exist',
    'postgres: app@shop ERROR:  relation "x" does not exist',
    joinIndented,
  ),
  {
    name: 'python',
    from: "Python's logging: LEVEL:LOGGER:TEXT, or TIME - LOGGER - LEVEL - TEXT; a traceback goes on",
    example: '2026-11-29 10:02:57,123 - shop.pay - ERROR - no answer',
    yields: 'shop.pay: [ERROR] no answer',
    join: joinPython,
    createReader: ({ lines, otherwise }) => orElse(createPythonReader(lines), otherwise),
  },
  {
    name: 'dpkg',
    from: 'dpkg',
    example: '2026-11-29 10:02:57 status installed nginx:amd64 1.28.0-1',
    yields: 'dpkg: status installed nginx:amd64 1.28.0-1',
    join: null,
    createReader: ({ lines, otherwise }) => orElse(createDpkgReader(lines), otherwise),
  },
  known(
    'dmesg',
    'dmesg, with or without -T',
    '[   12.345678] sd 0:0:0:0: [sdb] failed',
    'kernel: sd 0:0:0:0: [sdb] failed',
    null,
  ),
  {
    name: 'w3c',
    from: 'IIS and others that write the extended log file format of the W3C, whose #Fields name what follows',
    example: '2026-11-29 10:02:57 192.0.2.7 GET /a 404',
    yields: 'w3c: c-ip=192.0.2.7 cs-method=GET cs-uri-stem=/a sc-status=404',
    join: null,
    hasHead: true,
    createReader: createW3cReader,
  },
];

/** The format of a name; undefined: there is none. */
export function formatOf(name: string): LogFormat | undefined {
  return FORMATS.find((format) => format.name === name);
}

function orElse(read: (line: string) => ReturnType<ReadEntry> | null, otherwise: ReadEntry): ReadEntry {
  return (line) => read(line) ?? otherwise(line);
}
