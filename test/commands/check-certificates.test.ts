import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { checkCertificates } from '../../src/commands/check-certificates.js';
import { renderFault } from '../../src/config/read/fault.js';
import { readConfig } from '../../src/config/read-config.js';
import { AS_NOBODY, canBeNobody } from '../support/as-nobody.js';
import { authority } from '../support/certificates.js';
import { runCli } from '../support/run-cli.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ours = authority();
const server = ours.issue('loghost.example.org');
const other = ours.issue('other.example.org');
const validTo = Date.parse(new X509Certificate(readFileSync(server.cert)).validTo);
const IN_TIME = validTo - 20 * DAY;
const QUEUE = 'set queue a f@x.org t@x.org [now]\na .\n';

/** A config with a listener of TLS, and the files that it names beside it. */
function place(directives: string, contents: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const conf = join(folder, 'tenshi.conf');
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
  writeFileSync(conf, `set listen tls:127.0.0.1:6514\n${directives}${QUEUE}`);
  return { folder, conf };
}

/** What is told of the files of a config, at some time; without the folder. */
function told({ folder, conf }: ReturnType<typeof place>, now = IN_TIME): string[] {
  const read = readConfig(conf);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return checkCertificates(read.config, now).map((fault) => renderFault(fault).replaceAll(`${folder}/`, ''));
}

const pem = (path: string): string => readFileSync(path, 'utf8');
const damaged = (path: string): string => pem(path).replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA');

function withPassphrase(key: string): string {
  return execFileSync('openssl', ['pkcs8', '-topk8', '-in', key, '-passout', 'pass:x'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

describe('check opens the certificate files of TLS listeners', () => {
  const files = {
    'c.pem': pem(server.cert),
    'k.pem': pem(server.key),
    'both.pem': pem(server.cert) + pem(server.key),
    'chain.pem': pem(server.cert) + pem(ours.ca),
    'wrong-order.pem': pem(ours.ca) + pem(server.cert),
    'other.key': pem(other.key),
    'locked.key': withPassphrase(server.key),
    'ca.pem': pem(ours.ca),
    'damaged.pem': damaged(server.cert),
    'damaged.key': damaged(server.key),
    'text.pem': 'no certificate\n',
  };

  it.each<[string, string, RegExp[]]>([
    ['all is well', 'set listen_cert c.pem\nset listen_key k.pem\nset listen_ca ca.pem\n', []],
    ['certificate and key in one file', 'set listen_cert both.pem\n', []],
    ['certificates of authorities behind its own', 'set listen_cert chain.pem\nset listen_key k.pem\n', []],
    [
      'a certificate that is not there',
      'set listen_cert none.pem\nset listen_key k.pem\n',
      [
        /^tenshi.conf:2:17: error: the file "none.pem" of listen_cert is not there; name a file that is: set listen_cert FILE$/,
      ],
    ],
    ['one file that is not there: told once', 'set listen_cert none.pem\n', [/is not there/]],
    [
      'a key that is not there',
      'set listen_cert c.pem\nset listen_key none.key\n',
      [/^tenshi.conf:3:16: error: the file "none.key" of listen_key is not there/],
    ],
    [
      'authorities that are not there',
      'set listen_cert both.pem\nset listen_ca none.pem\n',
      [/^tenshi.conf:3:15: error: the file "none.pem" of listen_ca is not there/],
    ],
    [
      'a folder',
      'set listen_cert .\nset listen_key k.pem\n',
      [/^tenshi.conf:2:17: error: the file ".*" of listen_cert cannot be read \(EISDIR/],
    ],
    [
      'no certificate in the file',
      'set listen_cert text.pem\nset listen_key k.pem\nset listen_ca text.pem\n',
      [
        /^tenshi.conf:2:17: error: the file "text.pem" of listen_cert holds no certificate; name a PEM file/,
        /^tenshi.conf:4:15: error: the file "text.pem" of listen_ca holds no certificate/,
      ],
    ],
    [
      'no key in the file of the certificate',
      'set listen_cert c.pem\n',
      [/^tenshi.conf:2:17: error: .* holds no private key; name the file that does: set listen_key FILE$/],
    ],
    [
      'the key of another certificate',
      'set listen_cert c.pem\nset listen_key other.key\n',
      [
        /^tenshi.conf:3:16: error: the key in "other.key" is not that of the certificate in "c.pem"; name the key/,
      ],
    ],
    [
      'the certificate of an authority in front of its own',
      'set listen_cert wrong-order.pem\nset listen_key k.pem\n',
      [/^tenshi.conf:3:16: error: the key in "k.pem" is not that .*put its own first$/],
    ],
    [
      'a key with a passphrase',
      'set listen_cert c.pem\nset listen_key locked.key\n',
      [
        /^tenshi.conf:3:16: error: .* needs a passphrase, .*; write one without: openssl pkey -in .*locked.key -out FILE$/,
      ],
    ],
    [
      'damaged files',
      'set listen_cert damaged.pem\nset listen_key damaged.key\n',
      [/:2:17: error: .* holds a damaged certificate \(/, /:3:16: error: .* holds a damaged key \(/],
    ],
  ])('%s', (_, directives, expected) => {
    const found = told(place(directives, files));
    expect(found).toEqual(expected.map((one) => expect.stringMatching(one)));
  });

  it('tells of certificates that are over, not valid yet, or over soon', () => {
    const at = place('set listen_cert both.pem\nset listen_ca ca.pem\n', files);
    const day = new Date(validTo).toISOString().slice(0, 10);
    const [own, ofAuthority] = told(at, validTo + DAY);
    expect(own).toBe(
      `tenshi.conf:2:17: warning: the certificate of "CN=loghost.example.org" in "both.pem" ended on ${day}; senders refuse it; renew it, then reload tayori`,
    );
    expect(ofAuthority).toContain(':3:15: warning: the certificate of "CN=test CA" in "ca.pem" ended on ');
    expect(told(at, validTo - 60 * DAY)[0]).toMatch(
      /:2:17: warning: .* is valid from \d{4}-\d\d-\d\d on; senders refuse it until then; look at the clock$/,
    );
    expect(told(at, validTo - 3 * DAY)[0]).toContain(
      `:2:17: notice: the certificate of "CN=loghost.example.org" in "both.pem" ends on ${day}; renew it before`,
    );
  });

  it.skipIf(!canBeNobody())('tells of a file that this user may not read, which root may', async () => {
    const { folder, conf } = place('set listen_cert c.pem\nset listen_key k.pem\n', files);
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'k.pem'), 0o600);
    const { ended, err, out } = launch(['check', conf], { through: AS_NOBODY });
    expect(await ended).toBe(0);
    expect(out()).toContain('sound');
    expect(err()).toMatch(
      /tenshi.conf:3:16: warning: this user may not read ".*k.pem" \(EACCES.*; ask as root/,
    );
  });

  it('says nothing where no listener needs them', () => {
    const { folder, conf } = place('');
    writeFileSync(conf, `set listen tcp:127.0.0.1:6514\nset listen_cert none.pem\n${QUEUE}`);
    expect(told({ folder, conf })).toEqual([]);
  });
});

describe('a config whose certificates cannot be used', () => {
  it.each([
    ['check', ['check'], 'sound except for the certificates; tayori does not start until they are corrected'],
    ['-C', ['-C', '-c'], 'is not that of the certificate'],
  ])('%s ends with 1', async (_, words, said) => {
    const { conf } = place(`set listen_cert ${server.cert}\nset listen_key ${other.key}\n`);
    const { code, err } = await runCli([...words, conf]);
    expect(code).toBe(1);
    expect(err).toContain(said);
  });
});
