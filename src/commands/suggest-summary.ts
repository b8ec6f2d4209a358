import { amount, escapeLines } from '../base/text/layout.js';
import { type Coverage, coverageOf, MAX_RULES, type Mined } from '../rule/suggest/mine-rules.js';

/** When so many lines are known, what is left is short. */
const MOST_LINES = 0.95;

/** What was read and found, what the rules would change, and what was left out. `shown`: so many rules were shown. */
export function summaryOf(mined: Mined, shown: number, notes: readonly string[]): string {
  const { takenLines, openLines, kinds, measured } = mined;
  const head = `${amount(takenLines + openLines, 'line')} read, ${openLines} of them without a rule of their own, in ${amount(kinds, 'kind')}`;
  if (openLines === 0) return escapeLines([head, 'There is nothing to propose.', ...notes.map(sentence)]);
  const more = measured.length - shown;
  return escapeLines(
    [
      head,
      ...(measured.length > 0 ? [describeCoverage(coverageOf(mined, MOST_LINES))] : []),
      ...(more > 0 ? [`${amount(more, 'more rule')} to be seen with -n ${measured.length}`] : []),
      ...omissions(mined),
      ...notes,
    ].map(sentence),
  );
}

function describeCoverage({ rules, share, before, after }: Coverage): string {
  const first = rules === 1 ? 'rule 1 takes' : `rules 1 to ${rules} take`;
  return `${first} ${percent(share)} of these lines; of ${about(before)}${amount(before.count, 'different message')} ${about(after)}${after.count} would be left`;
}

function about(distinct: Coverage['before']): string {
  return distinct.about ? 'about ' : '';
}

/** Rounded down, so that only all is 100 %. */
function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

function omissions({ dropped, ruleless, unasked, rest }: Mined): string[] {
  const notes: string[] = [];
  if (dropped > 0)
    notes.push(`there were too many kinds: ${amount(dropped, 'line')} of the rarest were dropped`);
  if (ruleless > 0)
    notes.push(`${amount(ruleless, 'kind')} without a rule: it would take more, or be too long to be read`);
  if (unasked > 0)
    notes.push(`only the ${MAX_RULES} most frequent kinds have a rule here: ${unasked} others are left out`);
  if (rest.lines > 0) notes.push(`${amount(rest.lines, 'line')} that no proposed rule takes`);
  return notes;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
