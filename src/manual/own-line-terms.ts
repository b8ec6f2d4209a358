import { type Block, config, type Term, terms } from '../base/text/prose.js';
import { OWN_TEXTS } from '../line/own-lines.js';
import type { Section } from './page.js';

/** What tayori says of itself, and how rules sort it. */
export const OWN_LINES: Section = {
  heading: 'LINES OF TAYORI',
  blocks: [
    'What tayori notices is a line, too: of the program `tayori`, on the host that `set loghost` gives to the log, else on this machine. Rules sort it like any other. A rotation makes none.',
    config('critical ^tayori: \\S+ was (?:emptied|replaced|deleted)'),
    'The text is `tayori: SUBJECT TEXT`, for most with `: ` and details behind it. These texts do not change between versions. In paths and names blanks are written `\\x20`, so that `\\S+` takes each of them.',
    ownTerms(),
    'If no rule takes such a line, the notes of the next letter of each queue tell it. Lost lines are told there unless a queue has the line, so a rule `trash` does not hide them. The line is committed together with what it tells of: after a crash it neither comes twice nor is missing. A line about a rejected letter comes once, until a letter of that queue reaches that address: so it cannot be the cause of the next one. Letters that are late or rejected are told in notes in any case.',
    'The system log gets messages of its own, in other words. Where tayori reads that log or the journal as well, what it wrote there itself is not counted a second time: neither what the running tayori says, nor the last words of the one before, if that ended in good order. What other commands of tayori print there is counted, such as the faults that a reload of the service finds in the config.',
  ],
};

function ownTerms(): Block {
  return terms(
    ...Object.values(OWN_TEXTS).map(
      ({ text, subject, when }): Term => [`\`${text}\``, `${subject}: ${when}.`],
    ),
  );
}
