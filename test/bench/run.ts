import { readdirSync } from 'node:fs';

/**
 * `npm run bench -- [NAME] [OPTIONS]`: the measurement of this name (a file of this folder, whose default export it
 * is), with its own options; the table of the whole when none is named.
 */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.js') && file !== 'run.js')
  .map((file) => file.slice(0, -'.js'.length));
const [first = '', ...rest] = process.argv.slice(2);
const isNamed = first !== '' && !first.startsWith('-');
const name = isNamed ? first : 'table';
if (names.includes(name)) {
  const { default: measure } = (await import(`./${name}.js`)) as {
    default: (args: readonly string[]) => Promise<void>;
  };
  await measure(isNamed ? rest : process.argv.slice(2));
} else {
  process.stderr.write(`there is no measurement "${name}"; there are ${names.join(', ')}\n`);
  process.exitCode = 2;
}
