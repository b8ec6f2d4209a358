import { describe, expect, it } from 'vitest';
import type { FleetAddress, FleetTls } from '../../../src/base/fleet-address.js';
import type { Contact } from '../../../src/fleet/meeting-place.js';
import { authority } from '../../support/certificates.js';
import { hasPostgres, sharedPostgres, startPostgres } from '../../support/postgres-server.js';
import { A, report } from '../given.js';
import { openPlace } from './open-place.js';

describe.skipIf(!hasPostgres)('TLS', () => {
  const ours = authority();
  const others = authority();
  const server = sharedPostgres({ tls: ours.issue('localhost') });

  function contact(host: string, tls: FleetTls): Promise<Contact> {
    const address: FleetAddress = { ...server().address('postgres'), host, tls, user: 'postgres' };
    return openPlace(server(), 'postgres', { address }).contact(report(A));
  }

  it('goes on with a certificate of the CA that is named', async () => {
    expect(await contact('localhost', { kind: 'required', ca: ours.ca })).toMatchObject({ kind: 'met' });
    const [row] = await server().ask('postgres', 'SELECT count(*)::int AS rows FROM tayori.node');
    expect(row).toEqual({ rows: 1 });
  });

  it('goes on within this machine with any certificate', async () => {
    expect(await contact('127.0.0.1', { kind: 'required', ca: null })).toMatchObject({ kind: 'met' });
  });

  it.each<[name: string, host: string, tls: () => FleetTls, seen: RegExp]>([
    [
      'of another CA',
      'localhost',
      () => ({ kind: 'required', ca: others.ca }),
      /its certificate is not accepted \(.+\): name its CA with \?ca=FILE in set fleet$/,
    ],
    [
      'for another host',
      '127.0.0.1',
      () => ({ kind: 'required', ca: ours.ca }),
      /its certificate is not for 127\.0\.0\.1: name it in set fleet as its certificate does$/,
    ],
    [
      'of a CA whose file is missing',
      'localhost',
      () => ({ kind: 'required', ca: '/nowhere/ca.pem' }),
      /the CA certificates of set fleet cannot be read: ENOENT.*\/nowhere\/ca\.pem/,
    ],
  ])('does not go on with a certificate %s', async (_name, host, tls, seen) => {
    await expect(contact(host, tls())).rejects.toMatchObject({
      message: expect.stringMatching(seen),
      forGood: true,
    });
  });

  it('is asked for by a server that has nothing else', async () => {
    const address = server().address('postgres');
    await expect(openPlace(server(), 'postgres', { address }).contact(report(A))).rejects.toMatchObject({
      message: expect.stringMatching(
        /it does not let the user tayori in \(.* no encryption\): add \?tls=required to set fleet, or see pg_hba.conf there$/,
      ),
      forGood: true,
    });
  });

  it('is missed where the server has none', async () => {
    const plain = await startPostgres();
    const address: FleetAddress = { ...plain.address('postgres'), tls: { kind: 'required', ca: null } };
    await expect(openPlace(plain, 'postgres', { address }).contact(report(A))).rejects.toMatchObject({
      message: expect.stringContaining(
        'it has no TLS: set it up there (ssl = on), or add ?tls=off to set fleet',
      ),
      forGood: true,
    });
  });

  it('is not needed over a Unix socket', async () => {
    const plain = await startPostgres();
    const address: FleetAddress = {
      ...plain.address(await plain.database()),
      ...{ host: plain.folder, tls: { kind: 'required', ca: null } },
    };
    expect(await openPlace(plain, '', { address }).contact(report(A))).toMatchObject({ kind: 'met' });
  });
});
