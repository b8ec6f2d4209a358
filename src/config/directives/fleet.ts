import { config, terms } from '../../base/text/prose.js';
import { optional, part, setting } from './declare.js';
import { readPasswordSource } from './mail.js';
import { fleetAddress, fleetWait, nodeName } from './read-fleet.js';

export const FLEET = part(
  'Several machines',
  optional(
    'fleet',
    fleetAddress,
    'this machine writes its letters alone',
    'The PostgreSQL database where the tayoris of several machines meet to write one letter together: see tayori-fleet(7). TLS and a valid certificate are required, unless HOST is this machine, or the URL ends in ?tls=off.',
    terms(
      [
        '`postgresql://`[USER@]HOST[:PORT]/DB',
        'Port 5432 unless PORT is given, and the user that tayori runs as unless USER is. Write an IPv6 address in brackets, and `%40` for an `@` in USER or DB. `postgres://` is the same.',
      ],
      [
        '`postgresql://`[USER@]/DB`?host=`/FOLDER',
        'Over the Unix socket in that folder: `postgresql:///tayori?host=/run/postgresql`.',
      ],
      [
        '`?tls=required`, `?tls=off`',
        'TLS with a valid certificate for HOST, or no TLS. To this machine there is no TLS unless one of `tls=required` and `ca=` is written; with `tls=required` alone any certificate will do. A password is never sent to another machine without TLS.',
      ],
      [
        '`?ca=`FILE',
        'The CA that has signed the certificate, in a file of its own (PEM), in place of those that Node.js trusts. Further options follow an `&`.',
      ],
    ),
    'HOST is the server that takes writes: behind it may be a virtual address, or a proxy. The names of libpq (`sslmode`, `sslrootcert`) are not known here.',
    config(
      'set fleet postgresql://tayori@db.example.org/tayori',
      'set fleet_password credential:fleet',
      'set mailserver smtp://mail.example.org',
      'set timezone Europe/Berlin',
    ),
  ),
  optional(
    'fleet_password',
    { grammar: 'FILE|credential:NAME', read: readPasswordSource },
    'none',
    'The file that holds the password for the database and nothing else, or the name of a credential that systemd passes to the service (LoadCredential=). It is read again for each connection.',
    'The newline at the end of the file is not part of the password. Only the user that tayori runs as should be able to read the file: `chmod 600`.',
  ),
  optional(
    'node',
    nodeName,
    "this host's name",
    'The name of this machine in the fleet. Letters tell it when they had to go without its lines.',
    '`tayori fleet` lists them. No two nodes may have the same name: the second one is told so, and its letters wait.',
  ),
  setting(
    'fleet_wait',
    fleetWait,
    120_000,
    'How long a letter waits for nodes that have not reported when it is due (0s to 1h). Then it goes without their lines, names them, and a later letter has their lines.',
  ),
);
