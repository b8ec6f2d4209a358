/** Whether a recipient is a URL, which gets letters over HTTP, and no mail address. */
export function isWebAddress(recipient: string): boolean {
  return /^https?:\/\//i.test(recipient);
}

/**
 * A recipient for people and logs. The path of a URL may be a secret (a hook of Slack is one): only `https://HOST/...` is
 * shown of it.
 */
export function showRecipient(recipient: string): string {
  if (!isWebAddress(recipient)) return recipient;
  const [, scheme = '', rest = ''] = /^(https?):\/\/(.*)$/is.exec(recipient) ?? [];
  const host = /^[^/?#@]*(?=[/?#]|$)/.exec(rest)?.[0] ?? '';
  const isWhole = rest === host || rest === `${host}/`;
  return `${scheme.toLowerCase()}://${host}${isWhole && host !== '' ? '' : '/...'}`;
}
