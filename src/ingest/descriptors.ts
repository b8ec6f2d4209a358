import { readdirSync, readFileSync } from 'node:fs';

/** Descriptors kept back for the state, for mail, and for programs that are run: filters, unpackers, getent. */
const KEPT_BACK = 64;

/** The part of the others that is for logs; the rest is for files around them that are inspected. */
const FOR_LOGS = 2 / 3;

/**
 * How many logs may be open at once, beside what is open already (`ulimit -n`, LimitNOFILE=). If there are very few
 * descriptors, half of them are kept back. Infinity if the system does not tell the limit (proc(5)).
 */
export function maxOpenLogs(): number {
  const free = limit() - inUse();
  const left = Math.max(free - KEPT_BACK, free / 2);
  return Math.max(MIN_OPEN_LOGS, Math.floor(left * FOR_LOGS));
}

/** Logs can be read one after the other. */
const MIN_OPEN_LOGS = 2;

function limit(): number {
  const [, soft = 'unlimited'] = /^Max open files\s+(\S+)/m.exec(read('/proc/self/limits')) ?? [];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function inUse(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

/** The part of all descriptors that connections of senders may take. */
const FOR_CONNECTIONS = 1 / 8;

/** How many connections senders may have. */
export function maxConnections(): number {
  return Math.max(MIN_CONNECTIONS, Math.floor(limit() * FOR_CONNECTIONS));
}

/** With few descriptors, some senders must still be heard. */
const MIN_CONNECTIONS = 16;
