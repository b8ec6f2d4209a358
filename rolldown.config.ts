import { defineConfig, type PluginContext } from 'rolldown';

/** Where each daemon begins. */
const AT_START = ['src/cli/cli.ts', 'src/daemon/start.ts'];

let atStart: ReadonlySet<string> | null = null;

/**
 * The program in few files: on Node.js 20 a module costs 0.3 ms of processor time and 25 KB, however small it is, and
 * there are 800. What each daemon loads is one file; what is loaded later, or by other commands, are files of their own.
 */
export default defineConfig({
  input: { main: 'src/main.ts', 'package/build-deb': 'src/package/build-deb.ts' },
  platform: 'node',
  external: /^(?![./])/,
  preserveEntrySignatures: 'allow-extension',
  checks: { ineffectiveDynamicImport: false },
  plugins: [
    {
      name: 'ascii',
      generateBundle(_, files) {
        for (const file of Object.values(files)) if (file.type === 'chunk') file.code = inAscii(file.code);
      },
    },
  ],
  output: {
    dir: 'dist',
    cleanDir: true,
    sourcemap: true,
    comments: false,
    entryFileNames: '[name].js',
    // As deep as the rooms of `src`: `src/base/package.ts` finds the same files from there.
    chunkFileNames: 'lib/[name].js',
    // A daemon that is still running after an upgrade loads what it did not need so far: it finds the same names.
    minifyInternalExports: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          debugName: 'daemon',
          name(id, context) {
            atStart ??= closureOf(AT_START, (of) => context.getModuleInfo(of));
            return atStart.has(id) ? 'daemon' : null;
          },
        },
      ],
    },
  },
});

/** These modules, what they import, and so on, but not what they load later (`await import`). */
function closureOf(paths: readonly string[], infoOf: PluginContext['getModuleInfo']): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (id: string): void => {
    const info = infoOf(id);
    if (!info || found.has(id)) return;
    found.add(id);
    info.importedIds.forEach(add);
  };
  for (const path of paths) add(`${import.meta.dirname}/${path}`);
  return found;
}

/** V8 keeps a source of ASCII in one byte a character, and any other in two. */
function inAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
