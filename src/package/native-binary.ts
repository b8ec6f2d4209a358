import { readFileSync } from 'node:fs';

/** What the head and the strings of an ELF file tell (elf(5)). */
export interface NativeBinary {
  /** The bytes that tell the size of words, the byte order and the processor; null: no ELF file. */
  readonly machine: string | null;
  /** Shared libraries of the system that it names. */
  readonly libraries: readonly string[];
  /** The newest version of glibc whose functions it calls, or null. */
  readonly glibc: string | null;
  /** It speaks Node-API, which all versions of Node.js have; else it is for the one that it was compiled for. */
  readonly isNodeApi: boolean;
}

export function readBinary(bytes: Buffer): NativeBinary {
  const isElf = bytes.subarray(0, 4).toString('latin1') === '\x7fELF';
  const text = bytes.toString('latin1');
  const versions = [...text.matchAll(/\0GLIBC_(\d+)\.(\d+)/g)].map(
    ([, major, minor]) => [Number(major), Number(minor)] as const,
  );
  const newest = versions.sort((a, b) => a[0] - b[0] || a[1] - b[1]).at(-1);
  return {
    machine: isElf ? bytes.subarray(4, 6).toString('hex') + bytes.subarray(18, 20).toString('hex') : null,
    libraries: [
      ...new Set([...text.matchAll(/\0(lib[\w+-]+\.so[.\d]*)(?=\0)/g)].map(([, name = '']) => name)),
    ],
    glibc: newest ? newest.join('.') : null,
    isNodeApi: text.includes('napi_register_module_v1'),
  };
}

/** Whether the Node.js that runs here could load it: the same processor, and glibc where that has it. */
export function isForThisMachine({ machine, libraries }: NativeBinary): boolean {
  const node = readBinary(readFileSync(process.execPath));
  return machine === node.machine && libraries.includes('libc.so.6') === node.libraries.includes('libc.so.6');
}
