import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { reportStatus } from '../../src/daemon/status.js';
import { CA } from '../mail/transport/certificates.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startWebServer } from '../support/web-server.js';
import { NOON, startDaemon } from './start-daemon.js';

const RULE = 'alarm ^kernel: (.*)';
const SECRET = 'T0000SECRET';

function said(running: Awaited<ReturnType<typeof startDaemon>>): string {
  return running.events.map(describeEvent).join('\n');
}

describe('a letter to a URL', () => {
  it('goes as text, with its subject as the title, beside the mail', async () => {
    const web = await startWebServer();
    const running = await startDaemon(
      `set queue alarm a@x.org me@x.org,${web.origin}/${SECRET} [now] Alarm\n${RULE}\n`,
    );
    running.write('kernel: disk full');
    await running.daemon.poll();
    expect(web.got).toHaveLength(1);
    const [got] = web.got;
    expect(got).toMatchObject({ method: 'POST', path: `/${SECRET}`, body: 'web1: \n    1: kernel: ___' });
    expect(got?.headers).toMatchObject({ title: 'Alarm [alarm]', 'content-type': 'text/plain; charset=utf-8' });
    const [mail = ''] = maildir(running.folder);
    expect(mail).toContain('To: me@x.org\n');
    expect(mail).not.toContain(SECRET);
    expect(mail).toContain(`Message-ID: ${String(got?.headers['x-message-id'])}`);
    expect(running.store.outbox()).toEqual([]);
  });
});
