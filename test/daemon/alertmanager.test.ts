import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startDaemon } from './start-daemon.js';

/** Whether these tests can run. In CI they must. */
const hasAlertmanager = ((): boolean => {
  if (spawnSync('prometheus-alertmanager', ['--version']).status === 0) return true;
  if (process.env.CI) throw new Error('apt-get install prometheus-alertmanager');
  console.warn('prometheus-alertmanager is not installed, so what needs it is not tested');
  return false;
})();

/** A real Alertmanager that tells nobody; returns its origin when it answers. */
async function startAlertmanager(): Promise<string> {
  const folder = temporaryFolder();
  const port = await freePort();
  writeFileSync(join(folder, 'conf.yml'), 'route:\n  receiver: none\nreceivers:\n  - name: none\n');
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${join(folder, 'conf.yml')}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const origin = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${origin}/-/ready`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 30_000 },
    )
    .toBe(200);
  return origin;
}

it.skipIf(!hasAlertmanager)(
  'Alertmanager takes a letter as alerts, whatever log text holds',
  async () => {
    const origin = await startAlertmanager();
    const running = await startDaemon(
      `set letter full\nset queue alarm a@x.org ${origin}/api/v2/alerts [now] Alarm\nset webhook ${origin}/* alertmanager\nalarm .\n`,
    );
    running.write('kernel: disk "sda" fails }], {', 'kernel: <b>\\n ünï 便り', 'kernel: <b>\\n ünï 便り');
    await running.daemon.poll();
    expect(running.store.outbox()).toEqual([]);
    const alerts = (await (await fetch(`${origin}/api/v2/alerts`)).json()) as Record<string, unknown>[];
    const byMessage = new Map(
      alerts.map((alert) => [(alert.labels as Record<string, string>).message, alert]),
    );
    expect(byMessage.size).toBe(2);
    expect(byMessage.get('kernel: disk "sda" fails }], {')).toMatchObject({
      labels: { alertname: 'tayori', queue: 'alarm', kind: 'trouble', host: 'web1', origin: 'loghost' },
      startsAt: '2026-11-20T10:00:00.000Z',
      status: { state: 'active' },
    });
    expect(byMessage.get('kernel: <b>\\n ünï 便り')).toMatchObject({
      annotations: { description: '2x kernel: <b>\\n ünï 便り, web1' },
    });
  },
  60_000,
);
