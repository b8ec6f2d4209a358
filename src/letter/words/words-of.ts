import { EN } from './en.js';
import { JA } from './ja.js';
import type { Language } from './language.js';
import type { Words } from './words.js';

const WORDS: Readonly<Record<Language, Words>> = { en: EN, ja: JA };

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return WORDS[language];
}
