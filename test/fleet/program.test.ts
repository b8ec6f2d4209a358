import { appendFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { startPickyServer } from '../mail/servers.js';
import { hasPostgres, type PostgresServer, sharedPostgres } from '../support/postgres-server.js';
import { linePrefix } from '../support/stamp.js';
import { launch, preparePlace } from '../support/tayori.js';
import { until } from '../support/until.js';

async function nodesIn(server: PostgresServer, database: string): Promise<unknown[]> {
  const rows = await server.ask(database, 'SELECT name FROM tayori.node ORDER BY name');
  return rows.map(({ name }) => name);
}

describe.skipIf(!hasPostgres)('the program with set fleet', () => {
  const server = sharedPostgres();

  it('meets its fleet, and meets another one after a reload', async () => {
    const { route, received } = await startPickyServer();
    const [first, second] = [await server().database(), await server().database()];
    const conf = (database: string): string =>
      [
        `set fleet postgresql://tayori@127.0.0.1:${server().port}/${database}`,
        `set mailserver ${route.host}:${route.port}`,
        `set uid ${userInfo().username}`,
        'set node one',
        'set sleep 1',
        'set flush_on_signal off',
        'set queue page from@example.org tel@example.org [now] page',
        'page ^panic',
        'trash .*',
      ].join('\n');
    const place = preparePlace(conf(first));
    const program = launch(['-f', '-c', place.conf], { env: place.env });
    await program.says('Letters are written together with the fleet');
    appendFileSync(place.log, `${linePrefix()}panic 1\n`);
    await until(() => received.length === 1, program.ended);
    expect(await nodesIn(server(), first)).toEqual(['one']);
    place.configure(conf(second));
    program.child.kill('SIGHUP');
    await program.says('the new config is in force');
    appendFileSync(place.log, `${linePrefix()}panic 2\n`);
    await until(() => received.length === 2, program.ended);
    expect(await nodesIn(server(), second)).toEqual(['one']);
    expect(program.err()).not.toContain('cannot be used');
    expect(await program.end('SIGTERM')).toBe(0);
  });
});
