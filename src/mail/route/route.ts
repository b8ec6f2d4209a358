/**
 * How a connection is made private. `implicit`: TLS from the first byte (smtps); `required`: STARTTLS, or no letter
 * leaves; `opportunistic`: STARTTLS where the server has it, with any certificate (RFC 7435); `off`: never.
 * `implicit` and `required` check the certificate.
 */
export type Tls = 'implicit' | 'required' | 'opportunistic' | 'off';

/** Where a password is; all but `text` is read again for each connection. */
export type PasswordSource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  /** A file of that name in the folder that systemd names in $CREDENTIALS_DIRECTORY (systemd.exec(5)). */
  | { readonly kind: 'credential'; readonly name: string };

/** With a password, or with an access token that a program prints (a command for /bin/sh). */
export type Login = PasswordLogin | TokenLogin;

export interface PasswordLogin {
  readonly user: string;
  readonly password: PasswordSource;
}

export interface TokenLogin {
  readonly user: string;
  readonly tokenCommand: string;
}

/** Where letters go. */
export type Route =
  | {
      readonly kind: 'smtp';
      readonly host: string;
      readonly port: number;
      readonly tls: Tls;
      /** A file with CA certificates for the server; null: those that Node.js trusts. */
      readonly ca: string | null;
      readonly login: Login | null;
    }
  | { readonly kind: 'sendmail'; readonly path: string }
  | { readonly kind: 'maildir'; readonly path: string };

export type SmtpRoute = Extract<Route, { readonly kind: 'smtp' }>;

/**
 * Whether a host is this machine, so that nobody can eavesdrop: 127.0.0.0/8, ::1, and the names that always
 * mean them (RFC 6761, 6.3).
 */
export function isLoopback(host: string): boolean {
  return (
    /^(?:.+\.)?localhost\.?$/i.test(host) ||
    /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host) ||
    host === '::1' ||
    host === 'localhost.localdomain'
  );
}

/** A password never travels in the clear, nor to a stranger: with a login TLS is required, but within this machine. */
export function tlsOf({ tls, login, host }: SmtpRoute): Tls {
  return login !== null && tls !== 'implicit' && !isLoopback(host) ? 'required' : tls;
}
