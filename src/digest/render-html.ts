import { readFileSync } from 'node:fs';
import { leftOut } from './left-out.js';
import type { Letter } from './letter.js';
import { visible } from './visible.js';

type Template = (context: unknown) => string;

/** Beside `dist` and `src` alike. */
const TEMPLATE = new URL('../../conf/templates/letter.hbs', import.meta.url);

let compiled: Promise<Template> | null = null;

/** The letter as a page: one column, nothing loaded from anywhere, all foreign text escaped by Handlebars. */
export async function renderHtml(letter: Letter): Promise<string> {
  compiled ??= compile().catch((error: unknown) => {
    compiled = null; // a template that is being replaced may be whole again for the next letter
    throw error;
  });
  const template = await compiled;
  return template(contextOf(letter));
}

/** Handlebars is loaded with the first letter: it would be a quarter of the time of starting. */
async function compile(): Promise<Template> {
  const { default: handlebars } = await import('handlebars');
  return handlebars.compile(readFileSync(TEMPLATE, 'utf8'), { strict: true });
}

function contextOf(letter: Letter): unknown {
  const { queue, subject, status, hosts, notes } = letter;
  const times = timesOf(letter);
  return {
    title: visible(`${subject} [${queue}]`),
    status: visible(status ?? ''),
    notes: notes.map(visible),
    hosts: hosts.map(({ host, name, messages, more }) => ({
      title: visible(name === null ? host : `${host} (${name})`),
      more: more ? `${leftOut(more)} left out` : '',
      messages: messages.map(({ count, message, first, last }) => ({
        count,
        message: visible(message),
        when: times(first, last),
      })),
    })),
  };
}

/** `12:30`, or `12:30 – 13:05`; with the day where the letter covers more than one. */
function timesOf({ hosts }: Letter): (first: number | null, last: number | null) => string {
  const all = hosts.flatMap(({ messages }) => messages.flatMap(({ first, last }) => [first, last]));
  const days = new Set(all.filter((time) => time !== null).map((time) => new Date(time).toDateString()));
  const show = (time: number): string => {
    const [, month, day, , clock = ''] = new Date(time).toString().split(' ');
    return days.size > 1 ? `${month} ${day} ${clock.slice(0, 5)}` : clock.slice(0, 5);
  };
  return (first, last) => {
    if (first === null || last === null) return '';
    return show(first) === show(last) ? show(first) : `${show(first)} – ${show(last)}`;
  };
}
