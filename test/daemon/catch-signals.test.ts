import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bundle } from '../support/bundle.js';

const SIGNALS = await bundle({ catchSignals: 'daemon/signals.ts' });

/** What a process says that sends itself signals before (`early`) and while they are obeyed. */
function say(early: readonly string[], late: readonly string[], beginning = 'Promise.resolve()'): string {
  const script = `${SIGNALS}
    const turn = () => new Promise(setImmediate);
    const send = async (signals) => { for (const signal of signals) { process.kill(process.pid, signal); await turn(); await turn(); } };
    const signals = catchSignals();
    await send(${JSON.stringify(early)});
    const work = (word) => async () => { console.log(word); await turn(); console.log('done'); };
    const table = { TERM: 'end', INT: 'end', HUP: work('HUP'), USR1: work('USR1'), USR2: work('USR2') };
    const ended = signals.obey(table, () => { console.log('begin'); return ${beginning}; });
    await send(${JSON.stringify(late)});
    console.log(await ended);
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return `${stdout.trim().split('\n').join(' ')} ${stderr.includes('bad start') ? 'bad start ' : ''}${status}`;
}

describe('signals', () => {
  it.each<[string, readonly string[], readonly string[], string]>([
    ['that come before anybody obeys are obeyed then', ['SIGHUP', 'SIGTERM'], [], 'begin HUP done SIGTERM 0'],
    [
      'are obeyed one after the other',
      [],
      ['SIGUSR1', 'SIGHUP', 'SIGINT'],
      'begin USR1 done HUP done SIGINT 0',
    ],
    ['behind the one that ends it count for nothing', ['SIGTERM', 'SIGHUP'], [], 'begin SIGTERM 0'],
    ['to end, a second time, end it at once', ['SIGTERM', 'SIGINT'], [], 'begin 1'],
  ])('%s', (_name, early, late, said) => {
    expect(say(early, late)).toBe(said);
  });

  it('a start that fails is thrown', () => {
    expect(say(['SIGHUP'], [], "Promise.reject(new Error('bad start'))")).toBe('begin bad start 1');
  });
});
