import { oneLine } from '../../base/text/escape.js';
import type { SealedLetter } from '../letter.js';
import { addressField, addressOf, compose, headersOf, messageIdOf } from './seal-letter.js';

/** What a test letter tells of where it comes from. */
export interface TestLetter {
  readonly from: string;
  readonly to: readonly string[];
  /** The host that it is sent from. */
  readonly origin: string;
  readonly version: string;
  /** The path of the config. */
  readonly config: string;
  /** How it travels, in words. */
  readonly route: string;
  /** ms */
  readonly made: number;
  /** What tells it from all other letters: letters, digits, dots and dashes. */
  readonly id: string;
}

/** Makes a letter that says of itself that it is a test, as mail. It belongs to no queue. */
export async function sealTestLetter(letter: TestLetter): Promise<Omit<SealedLetter, 'queue'>> {
  const { from, to, origin, version, made, id } = letter;
  const subject = `Test letter of tayori on ${oneLine(origin)}`;
  const messageId = messageIdOf(id, { origin });
  const mail = await compose({
    subject,
    messageId,
    date: new Date(made),
    headers: headersOf({ origin, since: null }, version),
    text: textOf(letter),
  });
  const mime = Buffer.concat([await addressField('From', [from]), await addressField('To', to), mail]);
  return { subject, messageId, from: addressOf(from), to: to.map(addressOf), mime, sealed: made };
}

function textOf({ from, to, origin, version, config, route, made }: TestLetter): string {
  const rows = [
    ['Host', origin],
    ['Config', config],
    ['Sent by', route],
    ['From', from],
    ['To', to.join(', ')],
    ['Time', new Date(made).toISOString()],
    ['Version', `tayori ${version}`],
  ];
  return [
    'This is a test. Somebody has run "tayori test-mail", and it has arrived: letters',
    'of tayori will, too. It tells nothing about any log.',
    '',
    ...rows.map(([name = '', value = '']) => `${`${name}:`.padEnd(9)}${oneLine(value)}`),
    '',
  ].join('\n');
}
