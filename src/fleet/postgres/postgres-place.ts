import type { Snooze } from '../../queue/snooze.js';
import type { MeetingPlace } from '../meeting-place.js';
import { type ConnectionTerms, PostgresConnection } from './connection.js';
import { blocksOf, confirm, handIn } from './contributions.js';
import { gate } from './gate.js';
import { importLedger } from './import-ledger.js';
import { ledgerOf } from './ledger.js';
import { content, lease, openLetters, release } from './letters.js';
import { contact, forget, reportServed } from './nodes.js';
import { claim, giveBack, hold, settle } from './outbox.js';
import { overview } from './overview.js';
import { SCHEMA } from './schema.js';
import { seal } from './seal.js';
import { keepSnoozes, snoozes } from './snoozes.js';

/** How long a connect may take if nothing else is said (ms). */
const MAX_CONNECT = 3000;

/** How long a query may take (ms): the longest writes 2,000 rows, or 500 kB. */
const MAX_QUERY = 12_000;

/** Times that are left out are as above. */
export type PostgresPlaceOptions = Pick<ConnectionTerms, 'address' | 'password' | 'node'> &
  Partial<Pick<ConnectionTerms, 'connectTimeout' | 'queryTimeout'>>;

/** PostgreSQL as the meeting place. Nothing is connected, and `pg` is not loaded, before the first call. */
export function openPostgresPlace(options: PostgresPlaceOptions): MeetingPlace {
  const terms = { connectTimeout: MAX_CONNECT, queryTimeout: MAX_QUERY, ...options };
  return new PostgresPlace(new PostgresConnection(terms, SCHEMA));
}

class PostgresPlace implements MeetingPlace {
  readonly #db: PostgresConnection;

  constructor(connection: PostgresConnection) {
    this.#db = connection;
  }

  contact: MeetingPlace['contact'] = (report) => {
    const began = performance.now();
    return this.#db.transaction((queries) => contact(queries, report, () => performance.now() - began));
  };

  handIn: MeetingPlace['handIn'] = (contribution) =>
    this.#db.transaction((queries) => handIn(queries, contribution));

  confirm: MeetingPlace['confirm'] = (node, editions) =>
    this.#db.run((queries) => confirm(queries, node, editions));

  reportServed: MeetingPlace['reportServed'] = (node, served) =>
    this.#db.transaction((queries) => reportServed(queries, node, served));

  openLetters: MeetingPlace['openLetters'] = (series) =>
    this.#db.run((queries) => openLetters(queries, series));

  lease: MeetingPlace['lease'] = (series, node, span) =>
    this.#db.run((queries) => lease(queries, series, node, span));

  content: MeetingPlace['content'] = (lease, letter) =>
    this.#db.run((queries) => content(queries, lease, letter));

  blocks: MeetingPlace['blocks'] = (contribution, part) => blocksOf(this.#db, contribution, part);

  ledger: MeetingPlace['ledger'] = (queue, hashes) => ledgerOf(this.#db, queue, hashes);

  seal: MeetingPlace['seal'] = (lease, sealing) =>
    this.#db.transaction((queries) => seal(queries, lease, sealing));

  release: MeetingPlace['release'] = (lease) => this.#db.run((queries) => release(queries, lease));

  claim: MeetingPlace['claim'] = (node, holdFor, has) =>
    this.#db.run((queries) => claim(queries, node, holdFor, has));

  hold: MeetingPlace['hold'] = (node, letters, holdFor) =>
    this.#db.run((queries) => hold(queries, node, letters, holdFor));

  settle: MeetingPlace['settle'] = (letter, addresses, way) =>
    this.#db.transaction((queries) => settle(queries, letter, addresses, way));

  giveBack: MeetingPlace['giveBack'] = (node, letters) =>
    this.#db.transaction((queries) => giveBack(queries, node, letters));

  gate: MeetingPlace['gate'] = (node, hits) => this.#db.transaction((queries) => gate(queries, node, hits));

  snoozes: MeetingPlace['snoozes'] = () => this.#db.run((queries): Promise<Snooze[]> => snoozes(queries));

  keepSnoozes: MeetingPlace['keepSnoozes'] = (changed, dropped) =>
    this.#db.transaction((queries) => keepSnoozes(queries, changed, dropped));

  overview: MeetingPlace['overview'] = () => this.#db.run((queries) => overview(queries));

  forget: MeetingPlace['forget'] = (name) => this.#db.transaction((queries) => forget(queries, name));

  importLedger: MeetingPlace['importLedger'] = (queue, letters, lines) =>
    this.#db.transaction((queries) => importLedger(queries, queue, letters, lines));

  close: MeetingPlace['close'] = () => this.#db.close();
}
