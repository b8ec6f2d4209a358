import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { become, becomeAs } from '../daemon/become.js';
import { routeOf } from '../daemon/serve.js';
import { sealTestLetter } from '../letter/mime/test-letter.js';
import type { Route } from '../mail/route/route.js';
import { describeRoute, openTransport } from '../mail/transport/open-transport.js';
import { needsRights } from '../mail/transport/sendmail-rights.js';
import { type StageLimits, stageLimits } from '../mail/transport/session-clock.js';
import type { Delivery, Envelope } from '../mail/transport/transport.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { daemonUser } from './daemon-user.js';
import { adviceLine, SessionLines, stepLine } from './session-lines.js';
import { type Parcel, parcelsOf } from './test-parcels.js';
import { testPost, urlsToTest } from './test-posts.js';
import { doubtTyped } from './typed-addresses.js';

export interface TestMailOptions {
  readonly config: string | undefined;
  /** Addresses with commas between them; undefined: all recipients of the config. */
  readonly address: string | undefined;
  /** Seconds for each stage; left out: `testLimits`. */
  readonly limits?: StageLimits;
}

/** Whoever tests stands before the screen: a stage takes a minute at most, the answer to the letter two (seconds). */
const MAX_STAGE = 60;
const MAX_END = 120;

/** What the test needs of the config, and of who runs it. */
interface Setup {
  readonly path: string;
  readonly config: Config;
  readonly route: Route;
  readonly limits: StageLimits;
  print(line: string): void;
}

/**
 * `tayori test-mail`: sends a letter that says that it is a test the way that the config says, and tells each step. It
 * needs no state, and nothing of it is kept.
 */
export async function testMail(options: TestMailOptions, io: Io): Promise<ExitCode> {
  const tell = (words: string): void => void io.stderr.write(`${escapeControl(`tayori: ${words}`)}\n`);
  const { address } = options;
  const doubt = address === '' ? 'no address' : doubtTyped(address ?? '');
  if (doubt !== null) {
    tell(doubt);
    return 2;
  }
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'errors');
  if (!config) {
    tell(`${path} has the errors above, so nothing is sent`);
    return 1;
  }
  const folder = resolve(config.state.value ?? defaultStateFolder(io.env));
  const route = routeOf(config, join(folder, 'Maildir'));
  const isOurs = route.kind === 'maildir' && config.mailserver.value === null;
  const reason = becomeDaemon(config, folder, isOurs, tell);
  if (reason !== null) {
    tell(reason);
    return 1;
  }
  const limits = options.limits ?? testLimits(config.mailtimeout.value);
  const print = (line: string): void => void io.stdout.write(`${escapeControl(line)}\n`);
  return await sendAll({ path, config, route, limits, print }, address);
}

async function sendAll(setup: Setup, address: string | undefined): Promise<ExitCode> {
  const { parcels, untried } = parcelsOf(setup.config, address, hostname());
  let code: ExitCode = 0;
  for (const parcel of parcels) if (!(await send(parcel, setup))) code = 1;
  for (const url of urlsToTest(setup.config, address))
    if (!(await testPost(url, setup.config, setup.print))) code = 1;
  for (const sender of untried)
    setup.print(`not tried: the sender ${sender}, whose recipients have had their letter from another one`);
  return code;
}

function testLimits(connect: number): StageLimits {
  const patient = Object.entries(stageLimits(connect));
  const short = patient.map(([stage, limit]) => [stage, Math.min(limit, MAX_STAGE)]);
  return { ...(Object.fromEntries(short) as StageLimits), connect, end: MAX_END };
}

/**
 * As root: becomes the user that the daemon runs as, the one of `set uid` or, without it, the owner of the state. What
 * root may read, and send, tells nothing about what that one may. Returns why that cannot be.
 */
function becomeDaemon(
  config: Config,
  folder: string,
  isOurs: boolean,
  tell: (words: string) => void,
): string | null {
  const identity = daemonUser(config, folder);
  if (!identity) return null;
  tell(`this is sent as the user ${identity.user.name}, as whom the daemon runs`);
  return isOurs ? become(identity, folder) : becomeAs(identity);
}

/** Sends one letter and tells how it goes; true when all recipients have it. */
async function send({ from, to }: Parcel, setup: Setup): Promise<boolean> {
  const { path, route, print } = setup;
  const made = Date.now();
  const letter = await sealTestLetter({
    from,
    to,
    origin: hostname(),
    version: version(),
    config: path,
    route: describeRoute(route),
    made,
    id: `test.${made.toString(36)}.${randomBytes(6).toString('hex')}`,
  });
  print(`test letter from ${letter.from} to ${letter.to.join(', ')} by ${describeRoute(route)} (${path})`);
  const delivery = await deliver(letter, setup);
  const missing = to.length - countSent(delivery);
  if (missing === 0) print(`delivered: ${whereTo(route, delivery)}`);
  else print(`NOT delivered${missing < to.length ? ` to ${missing} of ${to.length} recipients` : ''}`);
  return missing === 0;
}

async function deliver(letter: Envelope, setup: Setup): Promise<Delivery> {
  const { config, route, limits, print } = setup;
  const lines = route.kind === 'smtp' ? new SessionLines(route, print) : null;
  const transport = openTransport(route, {
    helo: config.mailhelo.value,
    timeout: limits.connect,
    limits,
    onTalk: null,
    onStep: (step) => lines?.step(step),
  });
  try {
    const delivery = await transport.deliver(letter);
    if (lines) lines.end(delivery);
    else tellDelivery(delivery, route, print);
    return delivery;
  } finally {
    transport.close();
  }
}

/** Of a program, or a Maildir: all that can be told is what became of the letter. */
function tellDelivery(delivery: Delivery, route: Route, print: (line: string) => void): void {
  const name = route.kind === 'maildir' ? 'Maildir' : 'sendmail';
  if (delivery.kind === 'unreachable') {
    print(stepLine(name, false, delivery.reason));
    return print(adviceLine(adviceOnPlace(route)));
  }
  for (const [address, outcome] of delivery.outcomes)
    print(
      stepLine(
        name,
        outcome.kind === 'sent',
        outcome.kind === 'sent' ? address : `${address}: ${outcome.reason}`,
      ),
    );
  if (route.kind === 'sendmail' && needsRights(route.path))
    print(
      adviceLine(
        `${route.path} becomes another user or group, which tayori.service forbids: there it needs the drop-in sendmail.conf, see AS A SERVICE in tayori(8), or "set mailserver localhost"`,
      ),
    );
}

function adviceOnPlace(route: Route): string {
  return route.kind === 'sendmail'
    ? `name a program that is there with set mailserver sendmail:PATH, or a server with set mailserver HOST`
    : 'run it as the user that tayori runs as, or name another folder with set mailserver maildir:PATH';
}

function countSent(delivery: Delivery): number {
  if (delivery.kind === 'unreachable') return 0;
  return [...delivery.outcomes.values()].filter(({ kind }) => kind === 'sent').length;
}

/** Where to look for it. */
function whereTo(route: Route, delivery: Delivery): string {
  switch (route.kind) {
    case 'maildir':
      return `it is in ${join(route.path, 'new')} (mutt -f ${route.path})`;
    case 'sendmail':
      return `${route.path} has taken it; if it does not come, the log of the mail server says why`;
    case 'smtp': {
      const clear = delivery.kind === 'answered' && delivery.unencrypted !== undefined;
      return `the server has taken it${clear ? ', in the clear' : ''}; if it does not come, look among the spam, and into the log of the server`;
    }
  }
}
