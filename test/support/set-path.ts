import { onTestFinished } from 'vitest';

/** Where programs are looked for from now on; after the test it is as it was. */
export function setPath(path: string): void {
  const before = process.env.PATH;
  onTestFinished(() => {
    process.env.PATH = before;
  });
  process.env.PATH = path;
}
