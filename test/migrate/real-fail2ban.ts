import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where CI unpacks Debian's fail2ban: installed, it would start its server. */
const UNPACKED = '/opt/fail2ban';
const LIBRARY = join(UNPACKED, 'usr/lib/python3/dist-packages');

/** Debian's jails and filters. */
export const DEBIAN_FAIL2BAN = join(UNPACKED, 'etc/fail2ban');

/** Whether fail2ban is there, with the sample lines of its own tests, and Python. */
export const fail2banIsHere =
  existsSync(join(LIBRARY, 'fail2ban/tests/files/logs')) && spawnSync('python3', ['-c', 'pass']).status === 0;

/** A line of fail2ban's samples, and what one of its filters makes of it alone. */
export interface Sample {
  readonly filter: string;
  /** As in brackets behind the name of the filter: `mode="ddos"`. */
  readonly options: string;
  readonly line: string;
  /** What is to be banned; null: the line is no failure. */
  readonly banned: string | null;
}

/** What fail2ban-regex does: reads a filter, and asks it of a line; each line is the first one of its log. */
const SCRIPT = String.raw`
import json, logging, os, re, sys
sys.path.insert(0, sys.argv[1])
logging.disable(logging.CRITICAL)
from fail2ban.server.filter import Filter
from fail2ban.client.filterreader import FilterReader
from fail2ban.tests.utils import setUpMyTime
setUpMyTime()

def read(name, options):
    known = Filter(None)
    known.returnRawHost = True
    known.checkFindTime = False
    known.active = True
    reader = FilterReader(name, 'jail', dict(options), basedir=sys.argv[2])
    reader.read()
    reader.getOptions({})
    for command in reader.convert():
        for value in command[3] if command[0] == 'multi-set' else [command[3]]:
            if command[2] == 'prefregex': known.prefRegex = value
            elif command[2] == 'addfailregex': known.addFailRegex(value)
            elif command[2] == 'addignoreregex': known.addIgnoreRegex(value)
            elif command[2] == 'maxlines': known.setMaxLines(value)
            elif command[2] == 'datepattern': known.setDatePattern(value)
    return known

def banned(name, options, line):
    for _, key, _, fail in read(name, options).processLine(line):
        if key is not None and not fail.get('nofail'): return str(key)
    return None

logs = os.path.join(sys.argv[1], 'fail2ban/tests/files/logs')
out = []
for name in sorted(os.listdir(logs)):
    if not os.path.exists(os.path.join(sys.argv[2], 'filter.d', name + '.conf')): continue
    common, choices = {}, [{}]
    for line in open(os.path.join(logs, name), encoding='utf-8', errors='replace'):
        found = re.match(r'^#+ ?((?:file|filter)Options):(.+)$', line)
        if found:
            said = json.loads(found.group(2))
            if found.group(1) == 'fileOptions': common = said
            else: choices = [{**common, **one} for one in (said if isinstance(said, list) else [said])]
        if line.startswith('#') or not line.strip(): continue
        line = line.rstrip('\r\n')
        for choice in choices:
            if any(key.startswith('test.') and key != 'test.filter-name' for key in choice): continue
            if choice.get('logtype') == 'journal': continue
            options = {key: value for key, value in choice.items() if not key.startswith('test.')}
            written = ', '.join('%s="%s"' % one for one in options.items())
            out.append({'filter': name, 'options': written, 'line': line, 'banned': banned(name, options, line)})
json.dump(out, sys.stdout)
`;

/** Asks fail2ban's own filters of all its samples. */
export function askFail2ban(): Sample[] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', SCRIPT, LIBRARY, DEBIAN_FAIL2BAN], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`fail2ban: ${status} ${stderr}`);
  return JSON.parse(stdout) as Sample[];
}
