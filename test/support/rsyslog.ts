import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** Whether it is there; in CI it must be. */
export const hasRsyslog = !!process.env.CI || existsSync('/usr/sbin/rsyslogd');

/**
 * rsyslogd in the foreground, which forwards what is written to its socket; resolves with the path of that. `globals`:
 * further parameters of `global()`.
 */
export async function rsyslog(action: string, globals = ''): Promise<string> {
  const folder = temporaryFolder();
  const [conf, socket] = [join(folder, 'rsyslog.conf'), join(folder, 'log')];
  mkdirSync(join(folder, 'work'));
  writeFileSync(
    conf,
    `global(workDirectory="${folder}/work" parser.permitSlashInProgramName="on" ${globals})
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${socket}" CreatePath="on" UseSysTimeStamp="off")
${action}
`,
  );
  const child = spawn('/usr/sbin/rsyslogd', ['-n', '-f', conf, '-i', join(folder, 'pid')], {
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await until(() => existsSync(socket));
  return socket;
}

/** Writes a message of `app` to its socket. */
export function say(socket: string, text: string): void {
  execFileSync('logger', ['-u', socket, '-t', 'app', '--id=77', '-p', 'auth.err', text]);
}
