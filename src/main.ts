#!/usr/bin/env node
// Older versions of Node.js read this file, too: it has no syntax newer than ES2018, and loads the rest behind the check.

const LEAST = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) {
  void import('./cli/start.js');
} else {
  process.stderr.write(`tayori needs Node.js ${LEAST.join('.')} or later; this is ${major}.${minor}\n`);
  process.exitCode = 1;
}
