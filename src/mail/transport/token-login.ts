import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection';
import { afterFailure, initialResponse, TOKEN_MECHANISMS } from '../route/sasl-token.js';

/** The name under which nodemailer knows this way to log in: it takes no part in choosing a mechanism. */
export const TOKEN_LOGIN = 'TAYORI-TOKEN';

/** How much of a server's account of a failed login is told (characters). */
const MAX_ACCOUNT = 200;

/**
 * Logs in with an access token, by the mechanism that the server offers in its answer to EHLO. nodemailer knows no
 * OAUTHBEARER, and would ask for the token itself; it only carries what is said here. Rejects where it is refused.
 */
export async function loginByToken(
  { sendCommand }: SMTPConnectionCustomAuthContext,
  { user, token }: { readonly user: string; readonly token: string },
  ehlo: string,
): Promise<void> {
  const offered = offeredLogins(ehlo);
  const mechanism = TOKEN_MECHANISMS.find((one) => offered.includes(one));
  if (mechanism === undefined) throw new Error(noTokenLogin(offered));
  const first = Buffer.from(initialResponse(mechanism, user, token)).toString('base64');
  const answer = await sendCommand(`AUTH ${mechanism} ${first}`);
  if (answer.status === 235) return;
  const account = answer.status === 334 ? readAccount(answer.text) : '';
  const last = answer.status === 334 ? await sendCommand(afterFailure(mechanism)) : answer;
  if (last.status !== 235) throw new Error(`Invalid login by token${account}`);
}

/** What a server names behind AUTH (RFC 4954, 3; with `=`: old ones of Microsoft). */
function offeredLogins(ehlo: string): string[] {
  const lines = [...ehlo.matchAll(/^250[ -]AUTH[ =](.*)$/gim)];
  return lines.flatMap(([, words = '']) => words.trim().toUpperCase().split(/\s+/));
}

function noTokenLogin(offered: readonly string[]): string {
  const others = offered.length > 0 ? `, only ${offered.join(', ')}` : '';
  return `the server offers no login by token (${TOKEN_MECHANISMS.join(', ')})${others}; take set mailpassword instead of set mailtoken`;
}

/** What a server says of a token that it does not take, as base64 of JSON (RFC 7628, 3.2.2); '' where it is none. */
function readAccount(text: string): string {
  const account = Buffer.from(text, 'base64').toString();
  return /^\{[ -~]*\}$/.test(account) ? ` (${account.slice(0, MAX_ACCOUNT)})` : '';
}
