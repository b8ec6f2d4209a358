import { readFileSync } from 'node:fs';
import { reasonOf } from '../../base/errors.js';

/** A Handlebars template that is ready for data. Throws `TemplateFault`. */
export type Template = (data: unknown) => string;

/** An error in a template, and where. Lines and columns count from 1. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault';
  readonly line: number;
  readonly column: number;

  constructor(reason: string, at: { readonly line: number; readonly column: number }, cause?: unknown) {
    super(reason, { cause });
    this.line = at.line;
    this.column = at.column;
  }
}

type Handlebars = typeof import('handlebars');

interface Loaded {
  readonly handlebars: Handlebars;
  readonly Visitor: Handlebars['Visitor'];
}

/** The beginning, for errors of the whole template. */
const HEAD = { line: 1, column: 1 };

/** Compiled templates by language and path: as many as configs have named. */
const compiled = new Map<string, { readonly source: string; readonly template: Template }>();

/** What a template makes, and so how values are escaped in it. */
export type TemplateLanguage = 'html' | 'json';

/** Reads and compiles a template; compiles it again only if it has changed. Throws `TemplateFault`. */
export async function readTemplate(path: string, language: TemplateLanguage = 'html'): Promise<Template> {
  const source = sourceOf(path);
  const key = `${language} ${path}`;
  const known = compiled.get(key);
  if (known?.source === source) return known.template;
  const loaded = await load();
  const template = language === 'html' ? compile(source, loaded) : await compileJson(source, loaded);
  compiled.set(key, { source, template });
  return template;
}

async function compileJson(source: string, { handlebars, Visitor }: Loaded): Promise<Template> {
  const { escapeAsJson, JSON_HELPERS } = await import('./json-template.js');
  return withTemplateFaults(() => {
    const program = handlebars.parse(source);
    refuseUnescaped(program, Visitor);
    wantAll(program, Visitor);
    escapeAsJson(program, Visitor);
    const template = handlebars.compile(program, { strict: true });
    return (data) => withTemplateFaults(() => template(data, { helpers: JSON_HELPERS }));
  });
}

function sourceOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TemplateFault(`cannot be read: ${reasonOf(error)}`, HEAD, error);
  }
}

let loading: Promise<Loaded> | null = null;

/** An isolated Handlebars environment, loaded with the first page: loading it takes a quarter of the start time. */
function load(): Promise<Loaded> {
  loading ??= import('handlebars').then(({ default: handlebars }) => {
    const own = handlebars.create();
    own.registerHelper('log', () => {
      throw new Error('{{log}} has nowhere to write to; remove it');
    });
    return { handlebars: own, Visitor: handlebars.Visitor };
  });
  return loading;
}

function compile(source: string, { handlebars, Visitor }: Loaded): Template {
  return withTemplateFaults(() => {
    const program = handlebars.parse(source);
    refuseUnescaped(program, Visitor);
    wantAll(program, Visitor);
    const template = handlebars.compile(program, { strict: true });
    return (data) => withTemplateFaults(() => template(data));
  });
}

/** Log text is untrusted: no template may put it into a page unescaped. */
function refuseUnescaped(program: hbs.AST.Program, Visitor: Loaded['Visitor']): void {
  class EscapeCheck extends Visitor {
    override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
      const { line, column } = mustache.loc.start;
      if (!mustache.escaped)
        throw new TemplateFault('{{{...}}} and {{&...}} let log text act where it is shown; write {{...}}', {
          line,
          column: column + 1,
        });
      super.MustacheStatement(mustache);
    }
  }
  new EscapeCheck().accept(program);
}

/** What is handed to a block or a helper must be there, too: `strict` alone only looks at what is printed. */
function wantAll(program: hbs.AST.Program, Visitor: Loaded['Visitor']): void {
  class Wanting extends Visitor {
    override PathExpression(path: hbs.AST.PathExpression): void {
      Object.assign(path, { strict: true });
    }
  }
  new Wanting().accept(program);
}

function withTemplateFaults<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TemplateFault ? error : faultOf(error);
  }
}

/** Handlebars reports positions in three ways: as `lineNumber` and `column` (from 0), in its text, or not at all. */
function faultOf(error: unknown): TemplateFault {
  const message = reasonOf(error);
  const line = Number(/^(?:Parse|Lexical) error on line (\d+)/.exec(message)?.[1] ?? 1);
  const reason = message
    .replace(/ - \d+:\d+$/, '')
    .replace(/ in \[object Object\]$/, ' here')
    .replace(/\n-*\^\n/, ' <- here: ')
    .replaceAll('\n', ' ');
  const at = placeIn(error) ?? { line, column: 1 };
  return new TemplateFault(reason, at, error);
}

function placeIn(error: unknown): { line: number; column: number } | null {
  if (!(error instanceof Error) || !('lineNumber' in error) || !('column' in error)) return null;
  const { lineNumber, column } = error;
  return typeof lineNumber === 'number' && typeof column === 'number'
    ? { line: lineNumber, column: column + 1 }
    : null;
}
