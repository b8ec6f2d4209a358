import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { daemonOn, place } from '../ingest/daemon-on.js';
import { open } from '../ingest/open-receivers.js';
import { freePort } from '../support/free-port.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { hasRsyslog, rsyslog, say } from '../support/rsyslog.js';
import { HOSTS } from '../support/thirty-hosts.js';
import { unfolded } from '../support/unfolded.js';
import { until } from '../support/until.js';
import { adaptedExample, exampleText } from './example.js';

const LOGHOST = 'loghost.example.org';

/** The time by which rsyslog writes its stamps, also where test/moved-clock.cjs moves that of Node.js. */
const NOW = Date.now() - Number(process.env.MOVED_CLOCK ?? 0) * 1000;
const DAY = 24 * 3600_000;

/** Makes the certificates as the example says it, in the folder of these names. */
function makeCertificates(folder: string): void {
  const commands = exampleText('loghost.conf')
    .split('\n')
    .filter((line) => line.startsWith('#   '))
    .map((line) => line.slice(4))
    .join('\n')
    .replace(`${LOGHOST} web01`, [LOGHOST, ...HOSTS].join(' '));
  execFileSync('sh', ['-ec', commands], { cwd: folder, stdio: 'ignore' });
}

/** A machine, which says what its program `app` says. */
interface Machine {
  app(text: string): void;
}

/** One that sends by a program of its own, and may say anything of anybody. */
interface OwnMachine extends Machine {
  say(host: string, text: string): void;
}

async function ownMachine(name: string, folder: string, port: number): Promise<OwnMachine> {
  const read = (file: string): Buffer => readFileSync(join(folder, file));
  const files = { ca: read('ca.pem'), cert: read(`${name}.pem`), key: read(`${name}.key`) };
  const socket = connect({ host: '127.0.0.1', port, servername: LOGHOST, ...files });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  const say = (host: string, text: string): void => {
    const message = `<38>1 ${new Date(NOW).toISOString()} ${host} ${text}`;
    socket.write(`${Buffer.byteLength(message)} ${message}`);
  };
  return { say, app: (text) => say(name, `app 77 - - ${text}`) };
}

async function rsyslogMachine(name: string, folder: string, port: number): Promise<Machine> {
  const at = (file: string): string => join(folder, file);
  const socket = await rsyslog(
    `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" TCP_Framing="octet-counted"
  StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name"
  StreamDriverPermittedPeers="${LOGHOST}" action.resumeRetryCount="-1")`,
    `localHostname="${name}" DefaultNetstreamDriverCAFile="${at('ca.pem')}"
  DefaultNetstreamDriverCertFile="${at(`${name}.pem`)}" DefaultNetstreamDriverKeyFile="${at(`${name}.key`)}"`,
  );
  return { app: (text) => say(socket, text) };
}

/** What stands below each host of a letter, without counts. */
function sections(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [, host, row] of text.matchAll(/^(?:(\w+): *| {2,}\d+: (.*))$/gm))
    if (host !== undefined) found.set(host, []);
    else [...found.values()].at(-1)?.push(row ?? '');
  return found;
}

it('loghost.conf: thirty machines over TLS, each under the name of its certificate, whatever it says', async () => {
  const at = place();
  const mail = await startMailServer();
  const port = await freePort();
  makeCertificates(at.folder);
  const config = await adaptedExample('loghost.conf', at.folder, (text) =>
    text
      .replace('set uid tayori', 'set uid root')
      .replace('tls:[::]:6514', `tls:127.0.0.1:${port}`)
      .replaceAll('/etc/tayori/tls', at.folder)
      .replace('mailserver localhost', `mailserver 127.0.0.1:${mail.port}`),
  );
  const clock = heldClock(NOW);
  const { receivers } = await open(config, { clock });
  const { daemon } = daemonOn(at, config, receivers, clock);
  await daemon.poll();

  const byRsyslog = hasRsyslog ? HOSTS.slice(-2) : [];
  const machines = await Promise.all(
    HOSTS.map((name) => (byRsyslog.includes(name) ? rsyslogMachine : ownMachine)(name, at.folder, port)),
  );
  for (const [index, machine] of machines.entries()) {
    machine.app(`backup of disk ${HOSTS[index]} done`);
    machine.app('the same on all of them');
  }
  const [web03, web07] = await Promise.all(
    ['web03', 'web07'].map((name) => ownMachine(name, at.folder, port)),
  );
  web03?.say('web03', 'kernel - - - Buffer I/O error on dev sda');
  web07?.say('web07', 'sshd 9 - - Accepted publickey for ann from 192.0.2.9 port 4711 ssh2');
  web07?.say('web01', 'su 8 - - root was here');
  await until(() => (receivers.reports()[0]?.lines ?? 0) >= 63);
  await daemon.poll();
  for (let hour = 0; hour < 24; hour++) {
    clock.advance(DAY / 24);
    await daemon.poll();
  }

  const letters = mail.letters.map(({ subject = '', text = '' }) => ({ subject, text: unfolded(text) }));
  const pages = letters.filter(({ subject }) => subject.includes('[critical]'));
  const told = pages.map(({ text }) => text).join('\n');
  expect(told).toContain('kernel: Buffer I/O error on dev sda');
  expect(told).toContain('tayori: web07 sent lines of another host: web01; they count as its own');
  expect([...sections(told).keys()].sort()).toEqual(['web03', 'web07']);

  const reports = letters.filter(({ subject }) => subject.includes('[report]'));
  expect(reports).toHaveLength(1);
  const report = sections(reports[0]?.text ?? '');
  expect([...report.keys()]).toEqual([...HOSTS]);
  for (const host of HOSTS) expect(report.get(host)).toContain(`app: backup of disk ${host} done`);
  expect(report.get('web07')).toContain('su: root was here');
  expect(report.get('web01')).not.toContain('su: root was here');
  expect(reports[0]?.text).toContain('app: the same on all of them');
});
