import { readdirSync } from 'node:fs';

/** A benchmark: a file of this folder that exports `bench`. */
interface Bench {
  bench(args: readonly string[]): Promise<void>;
}

const NO_BENCH = new Set(['main', 'generate-log', 'rule-sets', 'measure', 'work-folder']);
const names = readdirSync(import.meta.dirname)
  .map((file) => file.replace(/\.js$/, ''))
  .filter((name) => !NO_BENCH.has(name));

/** `npm run bench -- [NAME] [OPTIONS]`: the named benchmark, the table of all the figures when none is named. */
const [first = '', ...rest] = process.argv.slice(2);
const named = first !== '' && !first.startsWith('-');
const name = named ? first : 'table';
if (!names.includes(name)) {
  process.stderr.write(`there is no benchmark "${name}"; there are ${names.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const { bench } = (await import(`./${name}.js`)) as Bench;
  await bench(named ? rest : process.argv.slice(2));
}
