import { escapeControl } from '../../base/text/escape.js';

/** The helper that every value of a template goes through; nobody else writes its name. */
const STRING = 'tayori-json-string';

/**
 * Makes a template write its values as JSON has them within quotation marks, so that log text ends no string and begins
 * nothing: `"text": "{{message}}"`. `{{json VALUE}}` writes a whole value instead, with its quotation marks.
 */
export function escapeAsJson(
  program: hbs.AST.Program,
  Visitor: typeof import('handlebars')['Visitor'],
): void {
  class Escaping extends Visitor {
    override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
      const { path, params, hash, loc } = mustache;
      mustache.escaped = false;
      if ('original' in path && path.original === 'json') return;
      const isCall = params.length > 0 || hash !== undefined;
      const value = isCall ? { type: 'SubExpression', path, params, hash, loc } : path;
      const helper = {
        type: 'PathExpression',
        data: false,
        depth: 0,
        parts: [STRING],
        original: STRING,
        loc,
      };
      Object.assign(mustache, { path: helper, params: [value], hash: undefined });
    }
  }
  new Escaping().accept(program);
}

/** What templates of JSON have beside the helpers of Handlebars. */
export const JSON_HELPERS: Readonly<Record<string, (value: unknown) => string>> = {
  [STRING]: (value) => JSON.stringify(asText(value)).slice(1, -1),
  json: (value) => JSON.stringify(value) ?? 'null',
  /** Text for a service that reads HTML. */
  html: (value) => asText(value).replace(/[&<>"']/g, (sign) => HTML[sign] ?? sign),
  /** Text for Slack: without its mentions and links (https://docs.slack.dev/messaging/formatting-message-text). */
  slack: (value) =>
    asText(value)
      .replace(/[&<>]/g, (sign) => HTML[sign] ?? sign)
      .replaceAll('```', "'''"),
};

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters but newlines are shown, as everywhere in letters. */
function asText(value: unknown): string {
  return String(value ?? '')
    .split('\n')
    .map(escapeControl)
    .join('\n');
}
