import { readdirSync } from 'node:fs';

/** `npm run bench -- NAME...`: the measurements of these names, or all of them, one after the other. */
const all = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.js') && file !== 'run.js')
  .map((file) => file.slice(0, -'.js'.length));
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : all) {
  console.log(`\n${name}`);
  const { default: measure } = (await import(`./${name}.js`)) as { default: () => Promise<void> };
  await measure();
}
