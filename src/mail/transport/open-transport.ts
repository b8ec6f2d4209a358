import type { Route } from '../route/route.js';
import { maildirTransport } from './maildir-transport.js';
import { sendmailTransport } from './sendmail-transport.js';
import { type SmtpOptions, smtpTransport } from './smtp-transport.js';
import type { Transport } from './transport.js';

/** The transport for a route. Nothing is connected before the first letter. */
export function openTransport(route: Route, options: SmtpOptions): Transport {
  switch (route.kind) {
    case 'smtp':
      return smtpTransport(route, options);
    case 'sendmail':
      return sendmailTransport(route.path);
    case 'maildir':
      return maildirTransport(route.path);
  }
}

/** Where letters go, for people. Passwords stay out of it. */
export function describeRoute(route: Route): string {
  switch (route.kind) {
    case 'smtp':
      return `${route.tls === 'implicit' ? 'smtps' : 'smtp'}://${route.host}:${route.port}`;
    case 'sendmail':
      return `the program ${route.path}`;
    case 'maildir':
      return `the Maildir ${route.path}`;
  }
}
