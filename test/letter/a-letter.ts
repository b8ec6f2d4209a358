import type { HostSection, Letter, LetterMessage } from '../../src/letter/letter.js';

/** A letter as the facts on Tenshi show it, with what a test needs different. */
export function aLetter(changes: Partial<Letter> = {}): Letter {
  return {
    queue: 'a',
    subject: 'tenshi report',
    from: 'tenshi@example.org',
    to: ['one@example.org', 'two@example.org'],
    form: 'full',
    kind: 'report',
    storm: null,
    waited: null,
    status: null,
    made: Date.UTC(2026, 10, 20, 23, 24, 6),
    since: Date.UTC(2026, 10, 20, 23, 24, 2),
    origin: 'vm',
    timezone: 'UTC',
    language: 'en',
    mask: '___',
    ids: false,
    template: null,
    thread: 'none',
    parts: null,
    sections: [],
    hosts: [
      aHost('web1', [
        [2, 'sshd: Accepted ______ for ______'],
        [1, 'cron: x'],
      ]),
      aHost('web2', [[1, 'cron: x']]),
    ],
    limit: null,
    notes: [],
    proposals: null,
    ...changes,
  };
}

/** A host's section of messages `[count, message]`, seen at no known time. */
export function aHost(
  host: string,
  messages: readonly (readonly [number, string])[],
  changes: Partial<HostSection> = {},
): HostSection {
  return { host, name: null, messages: messages.map(aMessage), more: null, ...changes };
}

function aMessage([count, message]: readonly [number, string]): LetterMessage {
  return { count, message, first: null, last: null };
}
