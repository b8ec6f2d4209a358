import type { Letter } from '../letter.js';
import { renderPager } from './render-pager.js';
import { renderText } from './render-text.js';

/** The text of a letter in the form of its queue. */
export function renderBody(letter: Letter): string {
  return letter.form === 'pager' ? renderPager(letter) : renderText(letter);
}
