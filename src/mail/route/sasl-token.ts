/** How a server may take an access token, the one that is better described first. */
export const TOKEN_MECHANISMS = ['OAUTHBEARER', 'XOAUTH2'] as const;

export type TokenMechanism = (typeof TOKEN_MECHANISMS)[number];

/** What the client says first, before base64. */
export function initialResponse(mechanism: TokenMechanism, user: string, token: string): string {
  return mechanism === 'OAUTHBEARER' ? bearerOf(user, token) : xoauth2Of(user, token);
}

/** RFC 7628, 3.1: a header of GS2 (RFC 5801, 4) that names the user, then key and value. */
export function bearerOf(user: string, token: string): string {
  const name = user.replaceAll('=', '=3D').replaceAll(',', '=2C');
  return `n,a=${name},\x01auth=Bearer ${token}\x01\x01`;
}

/** https://developers.google.com/workspace/gmail/imap/xoauth2-protocol; Microsoft's servers take the same. */
export function xoauth2Of(user: string, token: string): string {
  return `user=${user}\x01auth=Bearer ${token}\x01\x01`;
}

/**
 * What the client says to the server's account of a failure, so that the refusal itself comes: one ^A (RFC 7628,
 * 3.2.3), or an empty line.
 */
export function afterFailure(mechanism: TokenMechanism): string {
  return mechanism === 'OAUTHBEARER' ? 'AQ==' : '';
}
