import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { codeOf, reasonOf } from '../base/errors.js';
import type { SourceLocation } from '../base/place.js';
import { quote } from '../base/text/quote.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { isSecured } from '../config/directives/read-listener.js';
import type { Fault } from '../config/read/fault.js';
import { isMissing } from '../source/is-missing.js';

/** A certificate that ends sooner than this (ms) is told: there is time to renew it. */
const SOON = 14 * DAY;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** A file that the config names, and where. */
interface Named {
  readonly directive: 'listen_cert' | 'listen_key' | 'listen_ca';
  readonly path: string;
  readonly place: SourceLocation;
}

/** What came of a file: its content, or what is to be told. */
type Found<T> = { readonly value: T } | { readonly fault: Fault };

/**
 * Opens the certificate files of the listeners of TLS: tayori does not start without them, and senders refuse a
 * certificate that is over. `now`: ms.
 */
export function checkCertificates(config: Config, now: number): Fault[] {
  const { listen, listenCert, listenKey, listenCa, files } = config;
  if (listenCert.value === null || !listen.some(({ value }) => isSecured(value))) return [];
  const whole = { file: files[0] ?? '', line: 1, column: 1 };
  const named = (directive: Named['directive'], { value, place }: typeof listenCert): Named | null =>
    value === null ? null : { directive, path: value, place: place ?? whole };
  const cert = named('listen_cert', listenCert);
  const ca = named('listen_ca', listenCa);
  if (!cert) return [];
  return [
    ...checkPair(cert, named('listen_key', listenKey) ?? cert, now),
    ...(ca ? checkDates(ca, readCertificates(ca), now) : []),
  ];
}

function checkPair(cert: Named, keyFile: Named, now: number): Fault[] {
  const certificates = readCertificates(cert);
  const key = readKey(keyFile, cert);
  const faults = [
    ...checkDates(cert, certificates, now),
    ...('fault' in key && !isSameTrouble(key, certificates, keyFile === cert) ? [key.fault] : []),
  ];
  if ('fault' in key || 'fault' in certificates) return faults;
  const [own] = certificates.value;
  return own?.checkPrivateKey(key.value) === false ? [...faults, otherKey(cert, keyFile)] : faults;
}

/** A file that cannot be read is told once. */
function isSameTrouble(key: { fault: Fault }, certificates: Found<unknown>, isSameFile: boolean): boolean {
  return isSameFile && 'fault' in certificates && certificates.fault.seen === key.fault.seen;
}

function otherKey(cert: Named, key: Named): Fault {
  return {
    severity: 'error',
    code: 'bad-certificate',
    place: key.place,
    seen: `the key in ${quote(key.path)} is not that of the certificate in ${quote(cert.path)}`,
    instead:
      key === cert
        ? 'name the file of its key: set listen_key FILE'
        : 'name the key that the certificate was made with, and where the file holds more certificates, put its own first',
  };
}

/** Its own first, then those of the authorities between. */
function readCertificates(named: Named): Found<readonly X509Certificate[]> {
  const text = readText(named);
  if ('fault' in text) return text;
  const blocks = text.value.match(CERTIFICATE);
  if (!blocks) return unusable(named, 'holds no certificate', `name a PEM file: set ${named.directive} FILE`);
  try {
    return { value: blocks.map((block) => new X509Certificate(block)) };
  } catch (error) {
    return unusable(
      named,
      `holds a damaged certificate (${reasonOf(error)})`,
      `copy it again, and look: openssl x509 -in ${named.path} -noout -text`,
    );
  }
}

function readKey(named: Named, cert: Named): Found<KeyObject> {
  const text = readText(named);
  if ('fault' in text) return text;
  if (!/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(text.value))
    return unusable(
      named,
      'holds no private key',
      named === cert
        ? 'name the file that does: set listen_key FILE'
        : 'name a PEM file: set listen_key FILE',
    );
  try {
    return { value: createPrivateKey(text.value) };
  } catch (error) {
    const isEncrypted = codeOf(error) === 'ERR_MISSING_PASSPHRASE' || text.value.includes('ENCRYPTED');
    return isEncrypted
      ? unusable(
          named,
          'holds a key that needs a passphrase, for which nobody can be asked',
          `write one without: openssl pkey -in ${named.path} -out FILE`,
        )
      : unusable(named, `holds a damaged key (${reasonOf(error)})`, 'copy it again');
  }
}

function readText(named: Named): Found<string> {
  try {
    return { value: readFileSync(named.path, 'latin1') };
  } catch (error) {
    if (isMissing(error))
      return unusable(named, 'is not there', `name a file that is: set ${named.directive} FILE`);
    if (codeOf(error) !== 'EACCES')
      return unusable(
        named,
        `cannot be read (${reasonOf(error)})`,
        `name a PEM file: set ${named.directive} FILE`,
      );
    return {
      fault: {
        severity: 'warning',
        code: 'bad-certificate',
        place: named.place,
        seen: `this user may not read ${quote(named.path)} (${reasonOf(error)})`,
        instead: 'ask as root, who reads it before uid takes effect, or let this user read it',
      },
    };
  }
}

function unusable(
  { directive, path, place }: Named,
  what: string,
  instead: string,
): { readonly fault: Fault } {
  const seen = `the file ${quote(path)} of ${directive} ${what}`;
  return { fault: { severity: 'error', code: 'bad-certificate', place, seen, instead } };
}

/** The faults of what was read: the one that it could not be, or those of certificates that are over, or not valid yet. */
function checkDates(named: Named, read: Found<readonly X509Certificate[]>, now: number): Fault[] {
  if ('fault' in read) return [read.fault];
  return read.value.flatMap((certificate) => checkDate(named, certificate, now) ?? []);
}

function checkDate(
  { directive, path, place }: Named,
  certificate: X509Certificate,
  now: number,
): Fault | null {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const whose = certificate.subject.replaceAll('\n', ', ');
  const tell = (severity: Fault['severity'], what: string, instead: string): Fault => ({
    severity,
    code: 'bad-certificate',
    place,
    seen: `the certificate of ${quote(whose)} in ${quote(path)} ${what}`,
    instead,
  });
  const who = directive === 'listen_ca' ? 'senders whom it vouches for are refused' : 'senders refuse it';
  if (now < from)
    return tell('warning', `is valid from ${dayOf(from)} on`, `${who} until then; look at the clock`);
  if (now >= to) return tell('warning', `ended on ${dayOf(to)}`, `${who}; renew it, then reload tayori`);
  if (now >= to - SOON) return tell('notice', `ends on ${dayOf(to)}`, 'renew it before, then reload tayori');
  return null;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
