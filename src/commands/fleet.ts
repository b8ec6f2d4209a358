import { type FleetAddress, showFleetAddress } from '../base/fleet-address.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import { openPlace } from '../daemon/open-place.js';
import { Away, type MeetingPlace } from '../fleet/meeting-place.js';
import { becomeKnown } from './fleet/ask-fleet.js';
import { fleetAsJson } from './fleet/fleet-as-json.js';
import { importLedger } from './fleet/import-ledger.js';
import { renderFleet } from './fleet/render-fleet.js';
import { type Located, locateState, withState } from './read-state.js';

export interface FleetOptions {
  readonly config: string | undefined;
  /** undefined: list it. */
  readonly action: 'forget' | 'import' | undefined;
  readonly node: string | undefined;
  readonly json: boolean;
}

/** What all actions need. */
interface Fleet {
  readonly place: MeetingPlace;
  readonly address: FleetAddress;
  readonly config: Config;
  readonly located: Located;
  readonly io: Io;
}

/** `tayori fleet`: the nodes that write letters together, and what waits where they meet; forgets one, or imports a ledger. */
export async function fleet(options: FleetOptions, io: Io): Promise<ExitCode> {
  const wrong = wrongUse(options);
  if (wrong !== null) return tell(wrong, io, 2);
  const located = locateState(options.config, io);
  const config = located?.config;
  if (!config) return 1;
  const address = config.fleet.value;
  if (address === null)
    return tell(
      `${located.path} names no fleet, so this machine writes its letters alone; to write them with others, add set fleet postgresql://HOST/DB (tayori manual fleet)`,
      io,
      1,
    );
  const refused = becomeKnown(address, config, located);
  if (refused !== null) return tell(refused, io, 1);
  const place = openPlace(config, address, io.env);
  try {
    return await act(options, { place, address, config, located, io });
  } catch (error) {
    if (error instanceof Away) return tell(describeAway(error, address), io, 1);
    throw error;
  } finally {
    await place.close();
  }
}

/** null: nothing is wrong. */
function wrongUse({ action, node, json }: FleetOptions): string | null {
  if (action === 'forget' && node === undefined) return 'which node? Write tayori fleet forget NODE';
  if (action === 'import' && node !== undefined)
    return `import takes the history of this machine along, and no name: leave ${quote(node)} out`;
  return action !== undefined && json ? `--json is for the list, without ${action}` : null;
}

async function act({ action, node = '', json }: FleetOptions, fleet: Fleet): Promise<ExitCode> {
  if (action === 'forget') return await forget(node, fleet);
  return action === 'import' ? await takeAlong(fleet) : await list(json, fleet);
}

async function list(json: boolean, { place, address, config, io }: Fleet): Promise<ExitCode> {
  const overview = await place.overview();
  const shown = showFleetAddress(address);
  io.stdout.write(
    json
      ? `${JSON.stringify(fleetAsJson(overview, shown), null, 2)}\n`
      : renderFleet(overview, { address: shown, timezone: config.timezone.value }),
  );
  return 0;
}

async function forget(name: string, { place, io }: Fleet): Promise<ExitCode> {
  if (await place.forget(name)) {
    const means =
      'no letter waits for it any more; what it has handed in is told, and if it comes again, letters wait for it again';
    io.stdout.write(`${escapeControl(`${name} is forgotten: ${means}`)}\n`);
    return 0;
  }
  const { nodes } = await place.overview();
  const names = nodes.map((node) => node.name).join(', ');
  return tell(
    `there is no node ${quote(name)}; ${names === '' ? 'there is none at all' : `nodes are ${names}`}`,
    io,
    1,
  );
}

async function takeAlong({ place, config, located, io }: Fleet): Promise<ExitCode> {
  return await withState(located, io, async ({ store }): Promise<ExitCode> => {
    io.stdout.write(await importLedger(place, store, config));
    return 0;
  });
}

function describeAway({ message, forGood }: Away, address: FleetAddress): string {
  const shown = showFleetAddress(address);
  const advice = forGood
    ? 'letters wait until that is mended: see tayori-fleet(7)'
    : 'the machines go on counting, and hand in what waits when it is back';
  return `${message.startsWith(shown) ? message : `${shown}: ${message}`}; ${advice}`;
}

function tell(words: string, io: Io, code: ExitCode): ExitCode {
  io.stderr.write(`${escapeControl(`tayori: ${words}`)}\n`);
  return code;
}
