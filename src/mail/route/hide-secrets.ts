import { bearerOf, xoauth2Of } from './sasl-token.js';

/** Takes a password out of what a server says or an error tells: as it is, and as AUTH writes it. */
export function createHider(user: string, password: string): (text: string) => string {
  return hideAll([password, base64(password), base64(`\0${user}\0${password}`)]);
}

/** The same of an access token, which may be logged in with in two ways. */
export function createTokenHider(user: string, token: string): (text: string) => string {
  return hideAll([base64(xoauth2Of(user, token)), base64(bearerOf(user, token)), base64(token), token]);
}

/** Takes these texts out of others. */
export function hideAll(secrets: readonly string[]): (text: string) => string {
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
