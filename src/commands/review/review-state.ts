import { DAY } from '../../base/time/duration.js';
import type { Config } from '../../config/config.js';
import { readSamples } from '../../config/read/read-annotations.js';
import { lineOptionsOf } from '../../ingest/line-options.js';
import { excerptOf } from '../../line/excerpt.js';
import { createLineReader } from '../../line/read-line.js';
import { type FlatRule, flattenRules } from '../../rule/flat-rules.js';
import { ruleKey } from '../../rule/review/rule-key.js';
import { createRuleIndex, NO_RULE } from '../../rule/rule-index.js';
import type { RuleHistories, RuleHistory } from '../../store/ports/rule-histories.js';
import { findingsOf } from './findings-of.js';
import type { Finding, Review } from './reviewed-rule.js';
import { Shadows, wouldTake } from './shadows.js';

/** A rule that took nothing is called dead after so long (ms): some things are logged once a month. */
const DEAD_AFTER = 30 * DAY;

/** So often a rule is tried on a sample. */
const MAX_TRIES = 2_000_000;

/** Reviews the rules of a config by what the state knows of them. */
export function reviewState(config: Config, store: RuleHistories, now: number): Review {
  const flat = flattenRules(config.rules);
  const known = new Map(store.ruleHistories().map((one) => [one.rule, one]));
  const histories = flat.map((_, number) => known.get(ruleKey(flat, number)) ?? null);
  const samples = [
    ...samplesOf(config),
    ...histories.flatMap((one) => one?.programs ?? []).flatMap(({ sample }) => sample ?? []),
  ];
  const { find, notes } = findingsOf(flat);
  const shadows = shadowsOf(config, flat, histories, samples);
  const rules = flat.flatMap((one, number) => {
    if (one.kind === 'group') return [];
    const history = histories[number] ?? null;
    const { count: lines = 0, since = null, last = null, programs = [] } = history ?? {};
    const findings = find(
      number,
      programs.map(({ program }) => program),
      [...shadows.findingOf(number, null), ...deadOf(history, now)],
    );
    return [{ flat: one, lines, since, last, cost: null, programs, findings }];
  });
  return { rules, read: null, notes };
}

function deadOf(history: RuleHistory | null, now: number): Finding[] {
  const since = history?.last ?? history?.since;
  return since !== undefined && now - since >= DEAD_AFTER ? [{ kind: 'dead', since }] : [];
}

/** The texts of the samples above the rules of a config. */
function samplesOf(config: Config): string[] {
  const readLine = createLineReader(lineOptionsOf(config, () => 0));
  return config.files.flatMap((file) =>
    readSamples(file).flatMap(({ samples }) =>
      samples.flatMap(({ text }) => {
        const reading = readLine(`Jan  1 00:00:00 sample ${text}`);
        return text !== '' && reading.kind === 'entry' ? [reading.entry.text] : [];
      }),
    ),
  );
}

/** What takes the samples that rules without a line would take. */
function shadowsOf(
  config: Config,
  flat: readonly FlatRule[],
  histories: readonly (RuleHistory | null)[],
  samples: readonly string[],
): Shadows {
  const shadows = new Shadows(
    flat,
    [...flat.keys()].filter(
      (number) => flat[number]?.kind === 'winner' && !histories[number]?.count && isFree(flat, number),
    ),
  );
  const index = createRuleIndex(config.rules, () => {});
  let tries = 0;
  for (const text of new Set(samples)) {
    const entry = { host: '', time: null, text };
    const winner = text.includes('\n') ? NO_RULE : index.find(excerptOf(entry));
    if (winner === NO_RULE || !isFree(flat, winner)) continue;
    const behind = [...shadows.left].filter((number) => number > winner);
    tries += behind.length;
    if (tries > MAX_TRIES) break;
    for (const number of behind) if (wouldTake(flat, number, entry)) shadows.note(number, winner, text);
  }
  return shadows;
}

/** Whether nothing but the text of a line decides whether a rule is asked. */
function isFree(flat: readonly FlatRule[], number: number): boolean {
  const parent = flat[number]?.parent ?? NO_RULE;
  const around = flat[parent];
  return around?.kind !== 'group' || (around.rule.on === 'text' && isFree(flat, parent));
}
