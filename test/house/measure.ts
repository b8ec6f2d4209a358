import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { parseSync } from 'vite';

/** An import of one file of ours by another; paths are relative to `src`, with their endings. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether it is there when the program runs; types alone are not. */
  readonly isValue: boolean;
  /** Whether it is loaded when it is needed (`await import`). */
  readonly isLater: boolean;
}

/** A function with a block body, nested ones too. */
export interface MeasuredFunction {
  readonly file: string;
  readonly line: number;
  /** From its first line to its last. */
  readonly lines: number;
}

export interface MeasuredFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly MeasuredFunction[];
}

/** Reads all sources below a folder. */
export function measureFiles(folder: string): MeasuredFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => measureFile(path, readFileSync(join(folder, path), 'utf8')));
}

function measureFile(path: string, text: string): MeasuredFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineOf = lineCounter(text);
  const functions: MeasuredFunction[] = [];
  const imports: Import[] = [];
  visit(program, (node) => {
    const to = targetOf(node, path);
    if (to !== null)
      imports.push({
        from: path,
        to,
        isValue: isValueImport(node),
        isLater: node.type === 'ImportExpression',
      });
    if (isNode(node.body) && node.body.type === 'BlockStatement' && /Function/.test(node.type))
      functions.push({
        file: path,
        line: lineOf(node.start),
        lines: lineOf(node.end) - lineOf(node.start) + 1,
      });
  });
  return { path, lines: lineOf(text.length) - (text.endsWith('\n') ? 1 : 0), imports, functions };
}

/** A node of an ESTree with TypeScript's own nodes; what it holds depends on its type. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

export function visit(value: unknown, onNode: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) visit(one, onNode);
  if (!isNode(value)) return;
  onNode(value);
  for (const field of Object.values(value)) if (typeof field === 'object') visit(field, onNode);
}

/** The file of ours that a node imports or exports from. */
function targetOf({ type, source }: Node, from: string): string | null {
  if (!/^(?:Import|Export)/.test(type) && type !== 'TSImportType') return null;
  if (!isNode(source) || typeof source.value !== 'string' || !source.value.startsWith('.')) return null;
  return join(dirname(from), source.value).replace(/\.js$/, '.ts');
}

function isValueImport({ type, importKind, exportKind, specifiers }: Node): boolean {
  if (importKind === 'type' || exportKind === 'type' || type === 'TSImportType') return false;
  const named = Array.isArray(specifiers) ? specifiers.filter(isNode) : [];
  return named.length === 0 || named.some((one) => one.importKind !== 'type' && one.exportKind !== 'type');
}

/** Makes the function that says on which line a character stands. */
function lineCounter(text: string): (at: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    let [low, high] = [0, starts.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** The files that are loaded with one: it, what it imports, and so on. */
export function loadedWith(file: string, imports: readonly Import[]): Set<string> {
  const loaded = new Set([file]);
  const atOnce = imports.filter(({ isValue, isLater }) => isValue && !isLater);
  for (const one of loaded) for (const { from, to } of atOnce) if (from === one) loaded.add(to);
  return loaded;
}

/** What stands right below `src`: a folder, or a file. */
export function roomOf(path: string): string {
  return path.split('/')[0]?.replace(/\.ts$/, '') ?? path;
}

/** Arrows between rooms, `a -> b`, each once. */
export function arrowsOf(imports: readonly Import[]): string[] {
  const arrows = imports
    .map(({ from, to }) => [roomOf(from), roomOf(to)] as const)
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => `${from} -> ${to}`);
  return [...new Set(arrows)].sort();
}

/** Groups of files that need each other in a roundabout way (Tarjan's strongly connected components). */
export function circlesOf(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const connect = (file: string): number => {
    order.set(file, order.size);
    lowest.set(file, order.get(file) ?? 0);
    stack.push(file);
    for (const to of edges.get(file) ?? []) {
      const reached = order.has(to) ? (stack.includes(to) ? (order.get(to) ?? 0) : Infinity) : connect(to);
      lowest.set(file, Math.min(lowest.get(file) ?? 0, reached));
    }
    const low = lowest.get(file) ?? 0;
    if (low === order.get(file)) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  };
  for (const file of edges.keys()) if (!order.has(file)) connect(file);
  return circles;
}

/** The value below which a share of all lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
