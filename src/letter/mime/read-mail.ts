/** The content of a sealed letter: its text, and its HTML if it has any. */
export interface MailBody {
  readonly text: string;
  readonly html: string | null;
}

/** Reads mail made by `sealLetter`, and other mail (RFC 2045) as far as it uses the same features. Newlines as on Unix. */
export function readMail(mime: Buffer): MailBody {
  const parts = partsOf(mime.toString('latin1'));
  const find = (type: string): string | null => parts.find((part) => part.type === type)?.content ?? null;
  return { text: find('text/plain') ?? '', html: find('text/html') };
}

interface Part {
  readonly type: string;
  readonly content: string;
}

/** The parts with text, in order. */
function partsOf(mail: string): Part[] {
  const end = mail.indexOf('\r\n\r\n');
  const head = end < 0 ? mail : mail.slice(0, end);
  const body = end < 0 ? '' : mail.slice(end + 4);
  const type = fieldOf(head, 'Content-Type');
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined)
    return `\r\n${body}`
      .split(`\r\n--${boundary}`)
      .slice(1, -1)
      .flatMap((part) => partsOf(part.replace(/^[ \t]*\r\n/, '')));
  const decoded = decode(body, fieldOf(head, 'Content-Transfer-Encoding').toLowerCase());
  return [{ type: type.split(';')[0]?.trim() ?? '', content: decoded.replaceAll('\r\n', '\n') }];
}

function fieldOf(head: string, name: string): string {
  const unfolded = head.replace(/\r\n(?=[ \t])/g, '');
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
}

/** `body` holds bytes as characters below U+0100; texts are UTF-8. */
function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  const bytes = body
    .replace(/=[ \t]*\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
