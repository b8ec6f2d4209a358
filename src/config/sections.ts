import type { LetterKind } from '../letter/letter.js';
import type { Config } from './config.js';
import type { Settings } from './directives/directives.js';

/** A queue whose messages stand in a letter. */
export interface LetterSectionPlan {
  readonly queue: string;
  readonly title: string;
  readonly kind: LetterKind;
}

/** The settings without the `set queue` of sections: these have no letters of their own. */
export function withoutSections(settings: Settings): Settings {
  const sections = new Set(settings.sections.map(({ queue }) => queue));
  return { ...settings, queues: settings.queues.filter(({ name }) => !sections.has(name)) };
}

/** The queues that are sections of the letters of a queue, in the order of the config. */
export function sectionsOf(parent: string, { sections }: Pick<Config, 'sections'>): readonly string[] {
  return sections.filter((one) => one.parent === parent).map(({ queue }) => queue);
}

/** Every queue that is mailed: those with letters of their own, then sections. */
export function mailedQueues({ queues, sections }: Pick<Config, 'queues' | 'sections'>): string[] {
  return [...queues.map(({ name }) => name), ...sections.map(({ queue }) => queue)];
}

/** The queues whose letters come on their schedule even when nothing did. */
export function emptyLetters({ empties, queues }: Pick<Config, 'empties' | 'queues'>): ReadonlySet<string> {
  const set = new Set(empties.map(({ queue }) => queue));
  return new Set(
    queues.flatMap(({ name, schedule }) => (schedule.kind === 'cron' && set.has(name) ? [name] : [])),
  );
}

/** The queue in whose letters this one is a section; null: it is none. */
export function parentOf(queue: string, { sections }: Pick<Config, 'sections'>): string | null {
  return sections.find((one) => one.queue === queue)?.parent ?? null;
}

/**
 * The queues of a letter in the order in which a person should read them: worst first, by kind, and within a kind in the
 * order of the config. The messages of `parent` itself stand under its name.
 */
export function planOfLetter(parent: string, config: Config): LetterSectionPlan[] {
  const own = config.sections.filter((one) => one.parent === parent);
  const planned = (queue: string, title: string): LetterSectionPlan => ({
    ...{ queue, title, kind: kindOf(queue, config) },
  });
  return [
    ...own.filter(({ isAboveParent }) => isAboveParent).map(({ queue, title }) => planned(queue, title)),
    planned(parent, parent),
    ...own.filter(({ isAboveParent }) => !isAboveParent).map(({ queue, title }) => planned(queue, title)),
  ].sort((a, b) => RANK[a.kind] - RANK[b.kind]);
}

const RANK: Readonly<Record<LetterKind, number>> = { trouble: 0, report: 1, trash: 2 };

/** Letters that are due at once tell of trouble, unless the config says otherwise; sections are as their letters. */
export function kindOf(queue: string, config: Pick<Config, 'kinds' | 'queues' | 'sections'>): LetterKind {
  const set = config.kinds.find((one) => one.queue === queue)?.kind;
  if (set) return set;
  const parent = parentOf(queue, config);
  if (parent !== null) return /^trash/i.test(queue) ? 'trash' : kindOf(parent, config);
  const { schedule } = config.queues.find(({ name }) => name === queue) ?? { schedule: { kind: 'now' } };
  if (schedule.kind === 'now') return 'trouble';
  return /^trash/i.test(queue) ? 'trash' : 'report';
}
