import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { unfolded } from '../support/unfolded.js';
import { daemonOn, letterIn, place } from './daemon-on.js';
import { configOf, open } from './open-receivers.js';
import { connectTo, converse } from './stream-listener.js';

const OPEN = '1 open 30 relp_version=0\ncommands=syslog\n';
const TWO = `${OPEN}2 syslog 7 <13>one\n3 syslog 7 <13>two\n`;

/** A sender whose connection breaks when both answers have reached its kernel, and which then sends all of it again. */
async function repeated(rules = '') {
  const at = place();
  const port = await freePort();
  const config = configOf(`set listen relp:127.0.0.1:${port}\n`, at.folder, rules);
  const { receivers } = await open(config);
  const { daemon } = daemonOn(at, config, receivers);
  await daemon.poll();
  const socket = await connectTo(port);
  socket.write(TWO);
  for (let answers = ''; !answers.includes('3 rsp'); ) answers += String((await once(socket, 'data'))[0]);
  socket.resetAndDestroy();
  while (!receivers.states()[0]?.status.startsWith('open, 0 ')) await new Promise(setImmediate);
  await converse(port, `${TWO}4 close 0\n`);
  await daemon.poll();
  await daemon.flush('flushing');
  return { at, letter: unfolded(await letterIn(at)) };
}

describe('what a RELP sender repeats because it is not sure to have the answer', () => {
  it('is counted twice, and the notes of the letter say of how many messages that may hold', async () => {
    const { at, letter } = await repeated();
    expect(letter).toContain('2: one');
    expect(letter).toContain('2: two');
    expect(letter).toContain(
      'perhaps counted twice, as connections broke before RELP senders had the answer: up to 2 messages',
    );
    expect(at.store.counters().get('repeatable')).toBe(2);
  });

  it('is a line of tayori where a rule takes it, and then no note', async () => {
    const { letter } = await repeated('a ^tayori: \\S+ may have messages that are counted twice\n');
    expect(letter).toMatch(
      /tayori: listen\\x20relp:127\.0\.0\.1:\d+ may have messages that are counted twice: up to 2 of 127\.0\.0\.1/,
    );
    expect(letter).not.toContain('perhaps counted twice');
  });
});
