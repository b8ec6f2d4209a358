import { createRandom, type Random } from '../../support/random.js';

/** Lines of programs that no rule knows. */
export interface UnknownLines {
  /** What one of them says, behind host and stamp. */
  next(): string;
}

/**
 * `kinds`: sentences that there are. `different`: the share of lines whose values no line before had. `repeated`: how many
 * lines the others are of.
 */
export interface UnknownOptions {
  readonly kinds?: number;
  readonly different?: number;
  readonly repeated?: number;
}

const PROGRAMS = [
  'acmed',
  'shopd',
  'billing',
  'edge-proxy',
  'kvstore',
  'imgsrv',
  'pbx',
  'ledgerd',
  'relayd',
  'upsmon',
];
const THINGS = [
  'worker',
  'job',
  'session',
  'link',
  'cache',
  'volume',
  'queue',
  'request',
  'snapshot',
  'replica',
];
const VERBS = [
  'started',
  'stopped',
  'failed',
  'opened',
  'closed',
  'rejected',
  'accepted',
  'resumed',
  'expired',
];
const CUES = ['for', 'from', 'by', 'after', 'id', 'took', 'at', 'via', 'with', 'near'];
const REASONS = ['as planned', 'by the operator', 'without an answer', 'for good', 'once more', 'in the end'];
const USERS = ['ann', 'bob', 'carol', 'dora'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const UPPER = '0123456789ABCDEF';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const POD = 'bcdfghjklmnpqrstvwxz2456789';

type Value = (random: Random) => string;

const text = (random: Random, length: number, alphabet: string): string =>
  Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join('');
const two = (random: Random, below: number): string => String(random.below(below)).padStart(2, '0');
const clock: Value = (r) => `${two(r, 24)}:${two(r, 60)}:${two(r, 60)}`;
const ip: Value = (r) => `${1 + r.below(223)}.${r.below(256)}.${r.below(256)}.${1 + r.below(254)}`;

/** Values of every sort, each of which has so many that hardly two lines share one. */
const VALUES: readonly Value[] = [
  (r) => String(1_000_000 + r.below(2_000_000_000)),
  (r) => `${r.below(90_000)}.${two(r, 100)}${two(r, 100)}s`,
  (r) => `-${r.below(90_000)}.${text(r, 6, '0123456789')}`,
  (r) => `${1000 + r.below(9_000_000)}kB`,
  (r) => `${r.below(100)}.${text(r, 6, '0123456789')}%`,
  ip,
  (r) => `${ip(r)}:${1024 + r.below(64_000)}`,
  (r) => `fe80::${text(r, 4, HEX)}:${text(r, 2, HEX)}ff:fe${text(r, 2, HEX)}:${text(r, 3, HEX)}1`,
  (r) => Array.from({ length: 6 }, () => text(r, 2, HEX)).join(':'),
  (r) => [8, 4, 4, 4, 12].map((length) => text(r, length, HEX)).join('-'),
  (r) => text(r, 12, HEX),
  (r) => `0x${text(r, 16, HEX)}`,
  (r) => text(r, 10, UPPER),
  (r) => `SHA256:${text(r, 43, BASE64)}`,
  (r) => `web-${text(r, 10, HEX)}-${text(r, 5, POD)}`,
  (r) => `2026-11-${two(r, 28)}T${clock(r)}.${text(r, 6, '0123456789')}Z`,
  (r) => `/var/lib/acme/${text(r, 8, '0123456789')}/data.bin`,
  (r) => `https://example.org/item/${text(r, 9, '0123456789')}?page=${r.below(90)}`,
  (r) => `${text(r, 6, LETTERS)}${r.below(9_000_000)}@example.org`,
  (r) => `tx_${text(r, 9, '0123456789')}_${text(r, 3, '0123456789')}`,
  (r) => `v${r.below(9)}.${r.below(900)}.${r.below(90_000)}`,
];

/** Values of which every line has one of a few, so that a kind shows them under one mask. */
const FEW: readonly Value[] = [
  (r) => `eth${r.below(4)}`,
  (r) => `sd${r.pick(['a', 'b'])}${1 + r.below(4)}`,
  (r) => `user ${r.pick(USERS as [string, ...string[]])}`,
  (r) => `port ${r.pick([22, 80, 443])}`,
  (r) => clock(r),
];

/** A sentence with places for values. */
function createKind(random: Random): Value {
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)] as T;
  const words = [pick(THINGS), pick(VERBS), pick(REASONS)];
  const slots = Array.from({ length: 1 + random.below(3) }, () => ({ cue: pick(CUES), value: pick(VALUES) }));
  const few = random.chance(0.3) ? pick(FEW) : null;
  const program = pick(PROGRAMS);
  return (r) => {
    const said = slots.map(({ cue, value }) => `${cue} ${value(r)}`).join(', ');
    return `${program}[${300 + r.below(4_000_000)}]: ${words.join(' ')}: ${said}${few ? ` (${few(r)})` : ''}`;
  };
}

/** Lines that are the same for the same seed. */
export function createUnknownLines(
  seed: number,
  { kinds = 200, different = 0.88, repeated = 2000 }: UnknownOptions = {},
): UnknownLines {
  const random = createRandom(seed);
  const made = Array.from({ length: kinds }, () => createKind(random));
  const said: string[] = [];
  return {
    next() {
      if (said.length > 0 && !random.chance(different)) return said[random.below(said.length)] as string;
      const line = (made[random.below(made.length)] as Value)(random);
      if (said.length < repeated) said.push(line);
      return line;
    },
  };
}
