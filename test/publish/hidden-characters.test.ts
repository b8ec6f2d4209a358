import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { letterText, startDaemon } from '../daemon/start-daemon.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONF = 'set queue a f@x.org t@x.org [now] S\na .\n';

it('messages and hosts that look alike and are counted apart can be told apart in the letter', async () => {
  const running = await startDaemon(CONF);
  for (const host of ['web1', 'web\u200b1'])
    appendFileSync(
      running.log,
      `Nov 20 10:00:00 ${host} disk\u00adfails\nNov 20 10:00:00 ${host} diskfails\n`,
    );
  await running.daemon.poll();
  const [letter = ''] = maildir(running.folder).map(letterText);
  expect(letter).toContain('\nweb1: \n    1: diskfails\n    1: disk\\xadfails\n');
  expect(letter).toContain('\nweb\\u200b1: \n    1: diskfails\n');
});

it('JSON spells them out, and is the same JSON', async () => {
  const folder = temporaryFolder();
  const [conf, log] = [join(folder, 'tenshi.conf'), join(folder, 'x.log')];
  writeFileSync(conf, CONF);
  writeFileSync(log, 'Nov 20 10:00:00 web1 a\u200bb\u{e0041}\n');
  const { out } = await runCli(['digest', '-c', conf, '--format', 'json', log]);
  expect(out).toContain('"a\\u200bb\\udb40\\udc41"');
  expect(JSON.parse(out)).toMatchObject([{ hosts: [{ messages: [{ message: 'a\u200bb\u{e0041}' }] }] }]);
});
