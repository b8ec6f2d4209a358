import type { LetterPost } from '../letter.js';
import { readMail } from '../mime/read-mail.js';
import { cutText } from './cut-text.js';

/**
 * What a URL gets of a letter of the past that it did not get then: its text, since what a template needs is gone. `asJson`:
 * as `{"text": ...}`, which most services that want JSON understand.
 */
export function postOfMail(mime: Buffer, subject: string, asJson: boolean): LetterPost {
  const text = cutText(
    readMail(mime).text.replace(/^\n+|\n+$/g, ''),
    '… the whole letter is in the list of "tayori letters"',
  );
  return asJson
    ? { type: 'application/json', title: null, body: JSON.stringify({ text: `${subject}\n${text}` }) }
    : { type: 'text/plain; charset=utf-8', title: subject, body: text };
}
