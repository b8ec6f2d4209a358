import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    testTimeout: 60_000,
    // Many tests wait for a process, a mail server or Tenshi's next look: others run meanwhile.
    maxConcurrency: 12,
    // More workers than cores only take time from the programs that tests start.
    maxWorkers: 2,
    // Files share a worker and what it has loaded; to load everything anew for each file was a third of all work.
    pool: 'forks',
    isolate: false,
  },
});
