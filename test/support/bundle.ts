import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

/** Where a script that uses a bundle runs: packages are looked for there. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Names of modules of `src` and all that these import as one script, in which the names are known; for a `node` of its own. */
export async function bundle(names: Readonly<Record<string, string>>): Promise<string> {
  const entry = Object.entries(names).map(([name, path]) => `export { ${name} } from '${ROOT}src/${path}';`);
  const { output } = await build({
    input: 'entry',
    platform: 'node',
    external: /^(?![./]|entry$)/,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : null),
        load: (id) => (id === 'entry' ? entry.join('\n') : null),
      },
    ],
    output: { codeSplitting: false },
    write: false,
  });
  return output[0].code;
}
