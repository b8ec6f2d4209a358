import type { MigrationDraft } from '../migration.js';
import type { OssecRule } from './read-ruleset.js';
import { textsOf, type XmlElement } from './read-xml.js';

/** Who gets mail, from whom, by which server, and from which level on; from ossec.conf. */
export interface MailSettings {
  readonly from: string;
  readonly to: string;
  readonly server: string;
  readonly emailLevel: number;
}

export function readMailSettings(settings: readonly XmlElement[]): MailSettings {
  const all = (section: string, name: string): string[] =>
    settings.filter((one) => one.name === section).flatMap((one) => textsOf(one, name));
  const addresses = all('global', 'email_to').filter((one) => /^[^\s,@]+@[^\s,@]+$/.test(one));
  const from = all('global', 'email_from').at(-1) ?? '';
  const server = all('global', 'smtp_server').at(-1) ?? '';
  const level = Number(all('alerts', 'email_alert_level').at(-1) ?? 7);
  return {
    from: /^[^\s,@]+@[^\s,@]+$/.test(from) ? from : 'root@localhost',
    to: [...new Set(addresses)].join(',') || 'root',
    server: /^[\w.-]+$/.test(server) ? server : 'localhost',
    emailLevel: Number.isInteger(level) && level >= 1 && level <= 16 ? level : 7,
  };
}

/** A page comes at once from this level on, and from that of mails if it is higher. */
const PAGE_LEVEL = 10;

/** How many hits a window of tayori counts at most. */
const MAX_HITS = 1000;

/** Seconds, up to the longest time that a window or a throttle has. */
function isTime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 366 * 86_400;
}

/** The queues of a config that came from OSSEC: by level, and one for each rule that counts or has an `ignore`. */
export class OssecQueues {
  readonly #mail: MailSettings;
  readonly #draft: MigrationDraft;
  readonly #own = new Map<string, string[]>();
  readonly #used = new Set<string>();
  readonly #by = new Map<string, readonly string[]>();

  constructor(mail: MailSettings, draft: MigrationDraft) {
    this.#mail = mail;
    this.#draft = draft;
  }

  /** The queue of a rule; null: it is dropped. */
  queueOf(rule: OssecRule): string | null {
    if (rule.level === 0) return null;
    const ignore = this.#ignoreOf(rule);
    if (ignore === 0) return this.#byLevel(rule);
    const name = `rule_${rule.id}`;
    this.#define(name, this.#scheduleOf(rule), rule);
    this.#add(name, `set throttle ${name} ${ignore}s`);
    if (this.#scheduleOf(rule) !== 'now')
      this.#draft.remark(
        'note',
        rule.place,
        `ignore="${ignore}"`,
        'a letter with a schedule is not made sooner by any hit, so it has all of them',
      );
    return name;
  }

  /** The queue of a rule that counts; null: its count is none. */
  windowOf(rule: OssecRule): string | null {
    const { attributes, children } = rule.element;
    const frequency = Number(attributes.get('frequency'));
    const timeframe = Number(attributes.get('timeframe') ?? 360);
    if (!Number.isInteger(frequency) || frequency < 1 || !isTime(timeframe)) return null;
    const name = `rule_${rule.id}`;
    this.#define(name, this.#scheduleOf(rule), rule);
    const by = children.flatMap((one) => SAME_FIELDS[one.name] ?? []);
    this.#by.set(name, by);
    const count = Math.min(frequency + 2, MAX_HITS);
    this.#add(
      name,
      `set window ${name} ${count} ${timeframe}s${by.length > 0 ? ` by ${[...new Set(by)].join(',')}` : ''}`,
    );
    const ignore = this.#ignoreOf(rule);
    if (ignore > 0)
      this.#add(name, `set throttle ${name} ${ignore}s${by.length > 0 ? ` by ${by.join(',')}` : ''}`);
    this.#draft.remark(
      'note',
      rule.place,
      `rule ${rule.id}, frequency="${frequency}"`,
      `OSSEC fires at two more than that, so the window counts ${count}${by.length > 0 ? '' : ', and here for each host'}`,
    );
    return name;
  }

  /** The groups whose texts a queue tells apart; none: it takes any line. */
  byOf(queue: string): readonly string[] {
    return this.#by.get(queue) ?? [];
  }

  /** Takes a queue back that gets no line. */
  drop(queue: string): void {
    this.#own.delete(queue);
  }

  /** `set mailserver` and `set queue`; a config has one queue at least. */
  lines(): string[] {
    const { from, to, server, emailLevel } = this.#mail;
    const page = Math.max(PAGE_LEVEL, emailLevel);
    const levels = [
      ['now', 'now', `level ${page} and above`],
      ['noon', '0 12 * * *', `levels ${emailLevel} to ${page - 1}`],
      ['quiet', '@weekly', `levels below ${emailLevel}, which OSSEC does not mail`],
    ] as const;
    const used = levels.filter(([name]) => this.#used.has(name) || (name === 'noon' && this.#own.size === 0));
    return [
      `set mailserver ${server}`,
      ...used.map(
        ([name, schedule, subject]) => `set queue ${name} ${from} ${to} [${schedule}] OSSEC: ${subject}`,
      ),
      ...[...this.#own.values()].flat(),
    ];
  }

  /** Seconds; 0: none. */
  #ignoreOf({ element, place }: OssecRule): number {
    const text = element.attributes.get('ignore') ?? '0';
    if (text === '0' || isTime(Number(text))) return Number(text);
    this.#draft.remark('lost', place, `ignore="${text}"`, 'its ignore is no time');
    return 0;
  }

  #add(queue: string, line: string): void {
    this.#own.set(queue, [...(this.#own.get(queue) ?? []), line]);
  }

  #byLevel(rule: OssecRule): string {
    const name = this.#queueName(rule);
    this.#used.add(name);
    return name;
  }

  #queueName({ level, element }: OssecRule): 'now' | 'noon' | 'quiet' {
    const options = textsOf(element, 'options').join(',');
    const { emailLevel } = this.#mail;
    if (options.includes('no_email_alert')) return 'quiet';
    if (level >= Math.max(PAGE_LEVEL, emailLevel)) return 'now';
    return level >= emailLevel || options.includes('alert_by_email') ? 'noon' : 'quiet';
  }

  #scheduleOf(rule: OssecRule): string {
    return { now: 'now', noon: '0 12 * * *', quiet: '@weekly' }[this.#queueName(rule)];
  }

  #define(name: string, schedule: string, rule: OssecRule): void {
    const { from, to } = this.#mail;
    const subject = (textsOf(rule.element, 'description')[0] ?? `rule ${rule.id}`).replaceAll(/\s+/g, ' ');
    this.#add(name, `set queue ${name} ${from} ${to} [${schedule}] OSSEC: ${subject.slice(0, 100)}`);
  }
}

/** What a rule that counts tells apart. `same_location`: the host, as a window does without a group. */
const SAME_FIELDS: Readonly<Record<string, readonly string[]>> = {
  __proto__: null as never,
  same_source_ip: ['srcip'],
  same_src_ip: ['srcip'],
  same_user: ['user'],
  same_id: ['id'],
};
