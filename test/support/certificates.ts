import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** The files of an authority, and what makes certificates that it signs. */
export interface Authority {
  readonly ca: string;
  /** Certificate and key for `name`, a DNS name. */
  issue(name: string): { readonly cert: string; readonly key: string };
}

const DAYS = '30';

/** An authority of its own for the tests of a file, made by openssl(1). */
export function authority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'tayori-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    DAYS,
    '-subj',
    '/CN=test CA',
  );
  return {
    ca: at('ca.pem'),
    issue(name) {
      const [cert, key] = [at(`${name}.pem`), at(`${name}.key`)];
      writeFileSync(at('names'), `subjectAltName=DNS:${name}\n`);
      openssl('req', ...newKey, '-keyout', key, '-out', at('request'), '-subj', `/CN=${name}`);
      const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('names')];
      openssl('x509', '-req', '-in', at('request'), ...by, '-out', cert, '-days', DAYS);
      return { cert, key };
    },
  };
}
