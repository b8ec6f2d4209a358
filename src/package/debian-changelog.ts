import type { Project } from './project.js';

/** Columns of a changelog. */
const WIDTH = 80;

/**
 * CHANGELOG.md in the form that Debian's tools read (deb-changelog(5)): a part for each version, the latest first. A part
 * whose heading holds no date has that of the source.
 */
export function debianChangelog(text: string, { version, maintainer, time }: Project): string {
  const [, ...parts] = text.split(/^## /m);
  return parts
    .map((part, at) => {
      const [heading = '', ...lines] = part.split('\n');
      const [own = ''] = heading.split(' ');
      const day = /\d{4}-\d\d-\d\d/.exec(heading)?.[0];
      const date = day ? new Date(`${day}T12:00:00Z`) : new Date(time * 1000);
      return [
        `tayori (${at === 0 ? version : own}) unstable; urgency=medium`,
        '',
        ...itemsOf(lines).flatMap((item) => wrap(item)),
        '',
        ` -- ${maintainer}  ${date.toUTCString().replace('GMT', '+0000')}`,
        '',
      ].join('\n');
    })
    .join('\n');
}

/** The points of lists in Markdown, each in one line. An empty line ends a point: headings may follow. */
function itemsOf(lines: readonly string[]): string[] {
  const items = lines.join('\n').split(/^- /m).slice(1);
  return items.map((item) =>
    item
      .replace(/\n\n.*/s, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
}

function wrap(item: string): string[] {
  const lines: string[] = [];
  let line = '  *';
  for (const word of item.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
