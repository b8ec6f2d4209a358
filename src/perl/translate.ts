import type { Translation } from './pattern.js';

/** Stand-in while the real translator is being written. */
export function translatePerl(source: string): Translation {
  const regex = new RegExp(source, 'du');
  return {
    ok: true,
    notices: [],
    pattern: {
      source,
      enclosing: [],
      test: (text) => regex.test(text),
      exec: () => null,
      mask(text, mask) {
        const match = regex.exec(text);
        if (!match) return null;
        let masked = text;
        for (const span of (match.indices ?? []).slice(1).reverse())
          if (span) masked = masked.slice(0, span[0]) + mask + masked.slice(span[1]);
        return masked;
      },
    },
  };
}
