import { runGetent } from '../../base/process/run-getent.js';
import type { Clock } from '../../base/time/clock.js';

/** DNS names of hosts, for the headings of letters. */
export interface HostNames {
  /** The names of these hosts that are found within `MAX_LOOKUP_WAIT`. */
  namesOf(hosts: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** How long a letter waits for names (ms): it is more important than they are. */
const MAX_LOOKUP_WAIT = 5000;

/** No look-ups for this long after a timeout (ms): a `now` letter must not be late because of DNS. */
const REST = 600_000;

/** Host names are untrusted: invented ones must not fill the memory or the process table. */
const MAX_CACHED_NAMES = 10_000;
const MAX_CONCURRENT_LOOKUPS = 8;

/** Names that are passed to getent: no options, no paths. */
const ASKABLE = /^[A-Za-z0-9_:][A-Za-z0-9_.:-]{0,252}$/;

/**
 * Looks up the address of a host, then the name of that address. Answers are cached for the lifetime of this object.
 * `onTrouble` is called when look-ups fail.
 */
export function createHostNames(clock: Clock, onTrouble: (reason: string) => void): HostNames {
  /** null: it has no name. */
  const known = new Map<string, string | null>();
  let restUntil = 0;

  function rest(reason: string): void {
    restUntil = clock.now() + REST;
    onTrouble(reason);
  }

  async function askOne(host: string, signal: AbortSignal): Promise<void> {
    const [address] = await runGetent(host, signal);
    const [, name = null] = address === undefined ? [] : await runGetent(address, signal);
    if (known.size >= MAX_CACHED_NAMES) known.clear();
    known.set(host, name);
  }

  async function ask(hosts: readonly string[]): Promise<void> {
    const limit = new AbortController();
    const callOff = clock.after(MAX_LOOKUP_WAIT, () => limit.abort());
    const left = hosts.values();
    const work = async (): Promise<void> => {
      for (const host of left) await askOne(host, limit.signal);
    };
    try {
      await Promise.all(Array.from({ length: MAX_CONCURRENT_LOOKUPS }, work));
    } catch (error) {
      rest(limit.signal.aborted ? 'the resolver did not answer in time' : String(error));
    }
    callOff();
    limit.abort();
  }

  return {
    async namesOf(hosts) {
      const unknown = [...new Set(hosts)].filter((host) => !known.has(host) && ASKABLE.test(host));
      if (unknown.length > 0 && clock.now() >= restUntil) await ask(unknown.slice(0, MAX_CACHED_NAMES));
      const names = hosts.map((host) => [host, known.get(host) ?? null] as const);
      return new Map(names.filter((pair): pair is readonly [string, string] => pair[1] !== null));
    },
  };
}
