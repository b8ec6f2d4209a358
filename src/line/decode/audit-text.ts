import { isIPv4 } from 'node:net';
import { decodeText } from '../../base/text/decode.js';

/**
 * Fields whose text audit writes in hex where it holds a blank, a quote or a byte outside ASCII, without quotes then
 * (audit_log_untrustedstring of the kernel; typetab.h of auparse).
 */
const ENCODED = new Set(
  `path comm ocomm exe file name watch cwd cmd acct dir key vm device cgroup proctitle data grp new_group sw root_dir
  invalid_context old-chardev new-chardev old-disk new-disk old-fs new-fs old-net new-net old-rng new-rng
  apparmor operation denied_mask requested_mask info profile peer target`.split(/\s+/),
);

const FIELD = /(?<=^|[ ,'({])([A-Za-z][\w-]*)=("[^"]*"|[^\s'",)]*)/g;
const HEX = /^(?:[0-9A-F]{2})+$/;
const ARGUMENT = /^a\d+$/;
const PROCESS = /(?:^| )(?:pid|ppid|opid)=\d+(?= |$)/g;

/** What auditd added: names of numbers, behind 0x1d. */
const ENRICHMENT = '\x1d';
const NAMED = /(?<=^| )([A-Z][\w-]*)=(?:"([^"]*)"|(\{[^{}]*\})|(\S+))/g;

/** Numbers of elf-em.h with the bits of audit.h. */
const ARCHITECTURES = new Map([
  ['c000003e', 'x86_64'],
  ['40000003', 'i386'],
  ['c00000b7', 'aarch64'],
  ['40000028', 'arm'],
  ['c00000f3', 'riscv64'],
  ['c0000015', 'ppc64le'],
  ['80000016', 's390x'],
]);

/** How `-1` of an audit user or session is written. */
const UNSET = '4294967295';

/**
 * The fields of a record as people read them, in their order: hex as quoted text, numbers by the names that auditd
 * added. `hidesPid`: without the numbers of processes.
 */
export function auditFields(type: string, body: string, hidesPid: boolean): string {
  const at = body.lastIndexOf(ENRICHMENT);
  const names = at < 0 ? NO_NAMES : namesOf(body.slice(at + 1));
  const raw = (at < 0 ? body : body.slice(0, at)).trim();
  const shown = hidesPid ? raw.replace(PROCESS, '').trim() : raw;
  const whole = type === 'EXECVE' ? joinPieces(shown) : shown;
  const text = whole.replace(FIELD, (field: string, key: string, value: string) => {
    const told = showValue(type, key, value, names);
    return told === null ? field : `${key}=${told}`;
  });
  return text.replace(CONTROL, hexByte);
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

function namesOf(enriched: string): Map<string, string> {
  const found = enriched.matchAll(NAMED);
  return new Map([...found].map(([, key = '', quoted, group, word]) => [key, quoted ?? group ?? word ?? '']));
}

/** null: as it stands. */
function showValue(
  type: string,
  key: string,
  value: string,
  names: ReadonlyMap<string, string>,
): string | null {
  if (value.startsWith('"')) return quoted(value.slice(1, -1));
  if (ENCODED.has(key) || (type === 'EXECVE' && ARGUMENT.test(key)))
    return HEX.test(value) ? quoted(textOf(key, value)) : null;
  const name = names.get(key.toUpperCase());
  if (name !== undefined) return /^[^\s"']+$|^\{.*\}$/.test(name) ? name : quoted(name);
  if (key === 'saddr') return showAddress(value);
  if (key === 'arch') return ARCHITECTURES.get(value) ?? null;
  return value === UNSET && /(?:uid|gid|^ses|-ses)$/.test(key) ? 'unset' : null;
}

function textOf(key: string, hex: string): string {
  const text = decodeText(Buffer.from(hex, 'hex'));
  if (key === 'proctitle') return text.replace(/\0+$/, '').replaceAll('\0', ' ');
  // Rules with several keys (auditctl -k) have them in one field.
  return key === 'key' ? text.replaceAll('\x01', ',') : text;
}

/** In quotes, so that no text looks like another field: quotes inside have a backslash, as those behind one. */
function quoted(text: string): string {
  const inside = text.replace(/\\+|"/g, (found, at: number) => {
    if (found === '"') return '\\"';
    const next = text[at + found.length];
    return next === undefined || next === '"' ? found + found : found;
  });
  return `"${inside}"`;
}

/** Control characters, which would act where they are shown; a newline would end the entry. */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/g;

function hexByte(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** A long argument comes in pieces, as in `a1_len=9000 a1[0]=... a1[1]=...`, which become one. */
function joinPieces(body: string): string {
  return body.replace(
    /(?<=^| )(a\d+)_len=\d+((?: \1\[\d+\]=(?:"[^"]*"|[0-9A-F]*))*)/g,
    (found: string, name: string, pieces: string) => {
      if (pieces === '') return found;
      const values = [...pieces.matchAll(/=(?:"([^"]*)"|([0-9A-F]*))/g)];
      const hex = values.map(([, plain, encoded = '']) =>
        plain === undefined ? encoded : Buffer.from(plain).toString('hex').toUpperCase(),
      );
      return `${name}=${hex.join('')}`;
    },
  );
}

/** A `struct sockaddr` in hex, as auditd shows it: the addresses of IP and of Unix sockets; null: another. */
function showAddress(hex: string): string | null {
  if (!HEX.test(hex)) return null;
  const bytes = Buffer.from(hex, 'hex');
  const family = bytes.length >= 2 ? bytes.readUInt16LE(0) : 0;
  if (family === 1) {
    const path = bytes.subarray(2);
    const end = path.indexOf(0, 1);
    return `{ saddr_fam=local path=${quoted(decodeText(end < 0 ? path : path.subarray(0, end)))} }`;
  }
  if (family === 2 && bytes.length >= 8)
    return internet('inet', [...bytes.subarray(4, 8)].join('.'), bytes.readUInt16BE(2));
  if (family === 10 && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(8 + at * 2).toString(16));
    return internet('inet6', shorten(groups.join(':')), bytes.readUInt16BE(2));
  }
  return null;
}

function internet(family: string, address: string, port: number): string {
  return `{ saddr_fam=${family} laddr=${address} lport=${port} }`;
}

/** The usual short form of an IPv6 address. */
function shorten(address: string): string {
  return isIPv4(address) ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
}
