import { flatten } from '../../src/base/text/flatten.js';
import { TextBlock } from '../../src/base/text/text-block.js';
import { Excerpt } from '../../src/line/excerpt.js';
import { createPrefixScanner } from '../../src/line/scan-prefix.js';
import { ArenaTally } from '../../src/queue/arena-tally.js';
import { readWhole } from '../../src/source/read-whole.js';

/** As `tayori -p` has it. */
const MOST_HELD = 100_000;

/**
 * What cannot be saved: reads standard input, splits it, cuts the prefix off, and counts whole lines per host. The
 * rules are the difference to `tayori -p`.
 */
export default async function bench(): Promise<void> {
  const scan = createPrefixScanner({
    logprefixes: [],
    hidepid: false,
    timezone: null,
    now: () => Date.now(),
  });
  const tally = new ArenaTally();
  const excerpt = new Excerpt();
  const whole = new TextBlock();
  await readWhole('-', process.stdin, {
    onLines({ text: lines }) {
      whole.set(lines);
      for (let from = 0; from < lines.length; ) {
        const newline = lines.indexOf('\n', from);
        const to = newline < 0 ? lines.length : newline;
        if (scan(excerpt, whole, from, to))
          tally.count('floor', excerpt.host, flatten(excerpt.text), 1, 'add', excerpt.time);
        from = to + 1;
      }
      if (tally.size > MOST_HELD) tally.clear();
    },
  });
}
