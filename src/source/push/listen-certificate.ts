import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type PeerCertificate } from 'node:tls';
import { codeOf, reasonOf } from '../../base/errors.js';

/** The files that the config names. */
export interface CertificateFiles {
  readonly cert: string;
  /** The file of `cert` where the config names no other. */
  readonly key: string;
  /** Clients must have a certificate of one of these authorities; null: they need none. */
  readonly ca: string | null;
}

/** What a TLS listener shows and asks for. */
export interface ListenCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | null;
}

/** `forbidden`: this user may not read a file, whatever is in it. */
export type ReadCertificate =
  | { readonly kind: 'read'; readonly certificate: ListenCertificate }
  | { readonly kind: 'forbidden' | 'bad'; readonly reason: string };

/** Reads the files, and tries them together. */
export function readListenCertificate({ cert, key, ca }: CertificateFiles): ReadCertificate {
  let file = cert;
  const read = (path: string): Buffer => {
    file = path;
    return readFileSync(path);
  };
  try {
    const certificate = { cert: read(cert), key: read(key), ca: ca === null ? null : read(ca) };
    file = `${cert} and ${key}`;
    createSecureContext({
      cert: certificate.cert,
      key: certificate.key,
      ...(certificate.ca && { ca: certificate.ca }),
    });
    if (certificate.ca) {
      file = ca ?? '';
      new X509Certificate(certificate.ca); // OpenSSL says nothing of a file without a certificate
    }
    return { kind: 'read', certificate };
  } catch (error) {
    const kind = codeOf(error) === 'EACCES' ? 'forbidden' : 'bad';
    return { kind, reason: `the certificate of TLS listeners: ${file}: ${reasonOf(error)}` };
  }
}

/** A host name that may stand in a log line. */
const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/;

/** Whom a certificate names: its first DNS name (RFC 6125), else its common name; null: no host. */
export function hostOfCertificate(certificate: PeerCertificate | null): string | null {
  const [, dns] = /(?:^|, )DNS:([^,"]+)/.exec(certificate?.subjectaltname ?? '') ?? [];
  const common: unknown = certificate?.subject?.CN;
  const name = dns ?? (typeof common === 'string' ? common : '');
  return HOST_NAME.test(name) ? name : null;
}
