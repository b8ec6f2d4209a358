import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { version } from '../base/package.js';
import { isWebAddress, showRecipient } from '../base/text/web-address.js';
import { systemClock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import { webOptions } from '../daemon/web-options.js';
import { sampleLetter } from '../letter/build/sample-letter.js';
import type { Letter } from '../letter/letter.js';
import { makePost } from '../letter/post/make-post.js';
import type { Outcome } from '../mail/transport/transport.js';
import { webTransport } from '../mail/web/web-transport.js';
import { templateFor } from '../publish/template-for.js';
import { adviceLine, stepLine } from './session-lines.js';
import { recipientsTyped } from './typed-addresses.js';

/** The URLs that letters go to, each once. `typed`: only these; undefined: all of the config. */
export function urlsToTest(config: Config, typed: string | undefined): string[] {
  const { queues, fallbacks, aliases } = config;
  const all =
    typed === undefined
      ? [...queues, ...fallbacks].flatMap(({ to }) => throughAliases(to, aliases))
      : recipientsTyped(typed, config);
  return [...new Set(all.filter(isWebAddress))];
}

/** Posts a test letter to a URL, as the config says, and tells how it goes; true when it was taken. */
export async function testPost(url: string, config: Config, print: (line: string) => void): Promise<boolean> {
  const made = Date.now();
  const messageId = `<test.${made.toString(36)}.${randomBytes(6).toString('hex')}@${hostname()}>`;
  const template = templateFor(url, config);
  const letter = testLetter(url, made);
  const post = await makePost(letter, { template, body: null, messageId });
  print(`test letter to ${showRecipient(url)} ${template === null ? 'as text' : `as JSON by ${template}`}`);
  const transport = webTransport({ ...webOptions(config), version: version(), clock: systemClock });
  const envelope = { from: letter.from, to: [url], messageId, mime: Buffer.alloc(0), sealed: made, post };
  const delivery = await transport.deliver(envelope);
  transport.close();
  const outcome = delivery.kind === 'answered' ? delivery.outcomes.get(url) : undefined;
  return report(outcome, template, print);
}

function report(
  outcome: Outcome | undefined,
  template: string | null,
  print: (line: string) => void,
): boolean {
  if (outcome?.kind === 'sent') {
    print(stepLine('POST', true, ''));
    print('delivered: the service has taken it; if nothing is seen there, look at its channel or topic');
    return true;
  }
  print(stepLine('POST', false, outcome?.reason ?? 'no answer'));
  print(adviceLine(adviceOn(outcome, template)));
  print('NOT delivered');
  return false;
}

function adviceOn(outcome: Outcome | undefined, template: string | null): string {
  if (outcome?.kind !== 'rejected')
    return 'look at the URL, at set webhook_token and at the network; tayori tries letters again until they are accepted';
  return template === null
    ? 'the service rejects it: look at the URL and the token; if it takes JSON of its own: set webhook URL slack, matrix, alertmanager or FILE'
    : `the service rejects it: look at the URL, at the token and at ${template}`;
}

function testLetter(url: string, made: number): Letter {
  const origin = hostname();
  const message = `This is a test. Somebody has run "tayori test-mail", and it has arrived by ${showRecipient(url)}`;
  const messages = [{ count: 1, message, first: made, last: made }];
  return {
    ...sampleLetter(),
    ...{
      queue: 'test',
      subject: `Test letter of tayori on ${origin}`,
      to: [url],
      form: 'plain',
      origin,
      made,
    },
    ...{
      parts: null,
      notes: [],
      proposals: null,
      hosts: [{ host: origin, name: null, messages, more: null }],
    },
  };
}
