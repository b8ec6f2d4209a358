import { isIP, isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';

/** Why mail servers may refuse an address, and what to write instead. */
export interface Doubt {
  readonly seen: string;
  readonly instead: string;
  /** No letter of ours can name it; left out: some servers may take it. */
  readonly impossible?: true;
}

/** RFC 5321, 4.5.3.1.1: octets before the `@`. */
const MAX_LOCAL_BYTES = 64;
/** RFC 1035, 2.3.4: octets of a domain and of a label, as they are written. */
const MAX_DOMAIN = 253;
const MAX_LABEL = 63;

/**
 * What is doubtful about an address by RFC 5321, 4.1.2, and by what Postfix, Exim and Sendmail take; null: nothing. A
 * name without a domain is one of the machine, and sound.
 */
export function doubtAddress(written: string): Doubt | null {
  const address = /<([^<>]*)>/.exec(written)?.[1] ?? written;
  const at = address.lastIndexOf('@');
  if (at < 0) return doubtCharacters(address);
  return doubtLocalPart(address.slice(0, at)) ?? doubtDomain(address.slice(at + 1));
}

/** A letter is ASCII for servers of every kind, and only a domain can be written in ASCII (RFC 6531). */
function doubtCharacters(local: string): Doubt | null {
  const beyond = /[^\0-\x7f]/u.exec(local)?.[0];
  if (beyond === undefined) return null;
  return {
    seen: `the "${beyond}" before the "@"`,
    instead: 'write an address of the same mailbox in ASCII: few mail servers take others (SMTPUTF8)',
    impossible: true,
  };
}

function doubtLocalPart(local: string): Doubt | null {
  if (local === '') return { seen: 'no name before the "@"', instead: 'write NAME@DOMAIN' };
  if (Buffer.byteLength(local) > MAX_LOCAL_BYTES)
    return {
      seen: `a name of more than ${MAX_LOCAL_BYTES} bytes before the "@"`,
      instead: 'write a shorter one',
    };
  const doubt = doubtCharacters(local);
  if (doubt || /^".*"$/.test(local)) return doubt;
  if (local.includes('@')) return { seen: 'two "@"', instead: 'write a comma between two addresses' };
  if (/^\.|\.\.|\.$/.test(local))
    return { seen: 'a dot in the wrong place before the "@"', instead: 'remove it' };
  const odd = /[\s()<>[\]:;\\,"]/.exec(local)?.[0];
  return odd === undefined ? null : { seen: `the "${odd}" before the "@"`, instead: 'write it without' };
}

function doubtDomain(domain: string): Doubt | null {
  if (domain === '') return { seen: 'no domain after the "@"', instead: 'write NAME@DOMAIN' };
  if (domain.startsWith('[')) return doubtLiteral(domain);
  if (isIPv4(domain))
    return { seen: 'an IP address as a domain', instead: `write it in brackets: [${domain}]` };
  if (domain.endsWith('.')) return { seen: 'a dot at the end of the domain', instead: 'remove it' };
  const ascii = /^[ -~]*$/.test(domain) ? domain : domainToASCII(domain);
  if (ascii === '') return { seen: 'a domain that DNS cannot have', instead: 'write it as DNS has it' };
  if (ascii.length > MAX_DOMAIN)
    return { seen: `a domain of more than ${MAX_DOMAIN} characters`, instead: 'write it as DNS has it' };
  for (const label of ascii.split('.')) {
    const doubt = doubtLabel(label);
    if (doubt) return doubt;
  }
  return null;
}

function doubtLabel(label: string): Doubt | null {
  if (label === '')
    return { seen: 'an empty part of the domain, at a dot too many', instead: 'remove the dot' };
  if (label.length > MAX_LABEL)
    return {
      seen: `a part of the domain of more than ${MAX_LABEL} characters`,
      instead: 'write it as DNS has it',
    };
  if (/^-|-$/.test(label))
    return { seen: 'a part of the domain with a dash at its edge', instead: 'remove it' };
  const odd = /[^A-Za-z0-9_-]/.exec(label)?.[0];
  return odd === undefined ? null : { seen: `the "${odd}" in the domain`, instead: 'write it without' };
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321, 4.1.3). */
function doubtLiteral(domain: string): Doubt | null {
  const [, six, address = ''] = /^\[(IPv6:)?([^\]]*)\]$/i.exec(domain) ?? [];
  if (isIP(address) === (six === undefined ? 4 : 6)) return null;
  return {
    seen: 'brackets around what is no IP address',
    instead: 'write [192.0.2.1] or [IPv6:2001:db8::1] there',
  };
}
