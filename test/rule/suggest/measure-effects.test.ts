import { expect, it } from 'vitest';
import { excerptOf } from '../../../src/line/excerpt.js';
import { type MessageSource, mineRules } from '../../../src/rule/suggest/mine-rules.js';

/** So many messages, each of which came once, and is another. */
function differing(count: number): MessageSource {
  return {
    async read(sink) {
      for (let at = 0; at < count; at++)
        sink.addOpen(excerptOf({ host: 'web1', time: null, text: `app: a ${at} done` }), null, 1);
    },
  };
}

it('estimates no more different messages than there are lines', async () => {
  const counts = Array.from({ length: 5 }, (_, at) => 930 + 300 * at);
  const mined = await Promise.all(counts.map((count) => mineRules(differing(count), '___')));
  const estimates = mined.map(({ measured }) => measured[0]?.effect.before.count ?? 0);
  for (const [at, estimate] of estimates.entries()) {
    expect(estimate).toBeLessThanOrEqual(counts[at] ?? 0);
    expect(estimate).toBeGreaterThan(0.8 * (counts[at] ?? 0));
  }
});
