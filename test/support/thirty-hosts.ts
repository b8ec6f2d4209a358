export const HOSTS = Array.from({ length: 30 }, (_, at) => `web${String(at + 1).padStart(2, '0')}`);
/** Days of letters before the week that is looked at, a Monday to a Sunday. */
export const BEFORE = 16;
export const [WEDNESDAY, THURSDAY, FRIDAY] = [BEFORE + 2, BEFORE + 3, BEFORE + 4] as const;

/** Rules that mask what the hosts say. */
export const RULES = `noon ^sshd: Failed password for (\\S+) from (\\S+)
noon ^CRON: \\((\\S+)\\) CMD
noon ^backup: done in (\\d+) s
noon ^kernel: \\[(\\S+)\\] sd
`;

export const FAILED = 'sshd: Failed password for ___ from ___';
const CRON = 'CRON: (___) CMD';
const BACKUP = 'backup: done in ___ s';
export const DISK = 'kernel: [___] sda: I/O error';
const OLD = 'certbot: renewed';

/** Counts of one day: host and masked message to lines. */
export type Truth = Map<string, number>;

/** A generator that everybody can repeat (Park and Miller). */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

/** What each host says on a day. */
export function saidOn(day: number, roll: (sides: number) => number): Truth {
  const truth: Truth = new Map();
  const say = (host: string, message: string, count: number): void => {
    if (count > 0) truth.set(`${host}\t${message}`, count);
  };
  for (const [at, host] of HOSTS.entries()) {
    say(host, CRON, 20 + roll(5));
    say(host, FAILED, (day === WEDNESDAY ? 100 : 3) + roll(5));
    if (!(day === THURSDAY && at === 4)) say(host, BACKUP, 1);
    if (at === 9 && (day === 1 || day === THURSDAY)) say(host, OLD, 1);
  }
  if (day >= FRIDAY) say('web08', DISK, 2 + roll(3));
  return truth;
}

/** The lines of what was said, all written at one time (ms), each with values of its own where a mask will be. */
export function linesOf(truth: Truth, time: number, first = 1): string {
  const stamp = new Date(time).toUTCString().replace(/^\w+, (\d+) (\w+) \d+ (\S+) .*/, '$2 $1 $3');
  let serial = first;
  return [...truth]
    .flatMap(([key, count]) => {
      const [host, message = ''] = key.split('\t');
      return Array.from({ length: count }, () => {
        const value = serial++;
        const text = message.replaceAll('___', () => `x${value}`).replace(/done in x(\d+)/, 'done in $1');
        return `${stamp} ${host} ${text}\n`;
      });
    })
    .join('');
}
