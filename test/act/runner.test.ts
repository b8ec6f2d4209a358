import { expect, it } from 'vitest';
import { Runner } from '../../src/act/runner.js';
import type { RunHit } from '../../src/queue/exec/run.js';
import type { Runs } from '../../src/store/ports/runs.js';
import type { Store } from '../../src/store/store.js';
import { sound } from '../config/read.js';
import { memoryStore } from '../store/memory-store.js';
import { heldClock } from '../support/held-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { recorder } from './recorder.js';

function hit(n: number): RunHit {
  const groups = new Map([['n', String(n)]]);
  return { queue: 'block', host: 'web1', message: `x ${n}`, count: 1, groups, line: `x ${n}` };
}

function commit(store: Store, runs: readonly RunHit[]): void {
  const nothing = { positions: [], forgotten: [], tally: [], counters: new Map() };
  store.commit({ at: 0, ...nothing, ruleState: { last: new Map(), hits: [] }, runs });
}

function outcomes(store: Runs): string[] {
  return store.recentRuns().map(({ outcome }) => outcome);
}

/** A runner on a store whose `settleRuns` fails as long as `broken` holds. */
function runnerOn(store: Store, path: string) {
  const state = { broken: false };
  const failing: Runs = {
    ...store,
    settleRuns(changes) {
      if (state.broken) throw new Error('disk full');
      store.settleRuns(changes);
    },
  };
  const runner = new Runner({ store: failing, clock: heldClock(), onEvent: () => {} });
  runner.use(sound(`set logfile /var/log/x\nset exec block ${path} {{n}}\nblock ^x (?<n>\\d+)\n`));
  return { runner, state };
}

it('starts nothing that it could not note before', async () => {
  const program = recorder(temporaryFolder());
  const store = memoryStore();
  const { runner, state } = runnerOn(store, program.path);
  commit(store, [hit(1)]);
  state.broken = true;
  expect(() => runner.round()).toThrow('disk full');
  state.broken = false;
  runner.round();
  await until(() => outcomes(store).length === 1);
  expect(program.runs()).toEqual(['<1>|x 1']);
});

it('keeps an end that could not be noted until it can be', async () => {
  const program = recorder(temporaryFolder());
  const store = memoryStore();
  const { runner, state } = runnerOn(store, program.path);
  commit(store, [hit(1)]);
  runner.round();
  state.broken = true;
  await until(() => program.runs().length === 1);
  await runner.stop().catch(() => {});
  expect(outcomes(store)).toEqual([]);
  state.broken = false;
  await runner.stop();
  expect(outcomes(store)).toEqual(['ran']);
});

it('starts nothing any more when it stops', async () => {
  const program = recorder(temporaryFolder());
  const store = memoryStore();
  const { runner } = runnerOn(store, program.path);
  await runner.stop();
  commit(store, [hit(1)]);
  runner.round();
  expect(store.runCounts()).toMatchObject([{ waiting: 1, running: 0 }]);
});
