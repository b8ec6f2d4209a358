import { resolve } from 'node:path';
import { it } from 'vitest';
import { arrowsOf, circlesOf, measureFiles, percentile, roomOf } from './measure.js';

/**
 * `npm run house` prints how large the house is: rooms, arrows between them, circles, functions, files.
 * `HOUSE=FOLDER npm run house`: that of the sources of another build.
 */
const { HOUSE } = process.env;

it.runIf(HOUSE)('counts rooms, arrows, circles, functions and files', () => {
  const files = measureFiles(resolve(HOUSE ?? ''));
  const imports = files.flatMap((file) => file.imports);
  const functions = files.flatMap((file) => file.functions).map(({ lines }) => lines);
  const lines = files.map((file) => file.lines);
  const rows = {
    rooms: new Set(files.map(({ path }) => roomOf(path))).size,
    arrows: arrowsOf(imports).length,
    circles: circlesOf(imports).length,
    functions: functions.length,
    'lines of a function: median': percentile(functions, 0.5),
    'lines of a function: 99 of 100 have at most': percentile(functions, 0.99),
    'lines of a function: the longest': Math.max(...functions),
    files: files.length,
    'lines of the longest file': Math.max(...lines),
    lines: lines.reduce((sum, one) => sum + one, 0),
  };
  for (const [name, value] of Object.entries(rows)) process.stdout.write(`${value}\t${name}\n`);
});
