import type { Letter } from '../letter.js';
import { renderPager } from './render-pager.js';
import { renderText } from './render-text.js';

/** A letter's text in the form that its queue asks for. */
export function renderBody(letter: Letter): string {
  return letter.form === 'pager' ? renderPager(letter) : renderText(letter);
}
