import { resolve } from 'node:path';
import type { Config } from '../../config/config.js';
import { type PlacedRule, placedRules } from '../../rule/why-not.js';

/** The rules of a line of a config, as it was typed: FILE:LINE, FILE:LINE:COLUMN, or LINE of the config itself. */
export type FoundRules =
  | { readonly kind: 'found'; readonly rules: readonly PlacedRule[] }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'no-file'; readonly files: readonly string[] }
  /** `near`: the lines of the file that hold rules, the nearest first. */
  | { readonly kind: 'no-rule'; readonly near: readonly number[] };

/** So many lines of a file are named that do hold a rule. */
const MAX_NEAR = 5;

export function findPlaced(typed: string, { rules, files }: Pick<Config, 'rules' | 'files'>): FoundRules {
  const [, name, digits, column] = /^(?:(.+?):)?(\d{1,9})(?::(\d{1,9}))?$/.exec(typed) ?? [];
  if (digits === undefined) return { kind: 'malformed' };
  const line = Number(digits);
  const ofFile = placedRules(rules).filter(({ rule }) => isNamed(rule.place.file, name, files[0]));
  const isKnown = files.some((file) => isNamed(file, name, files[0]));
  if (ofFile.length === 0 && !isKnown) return { kind: 'no-file', files };
  const found = ofFile.filter(
    ({ rule: { place } }) => place.line === line && (column === undefined || place.column === Number(column)),
  );
  if (found.length > 0) return { kind: 'found', rules: found };
  const lines = [...new Set(ofFile.map(({ rule }) => rule.place.line))];
  lines.sort((a, b) => Math.abs(a - line) - Math.abs(b - line));
  return { kind: 'no-rule', near: lines.slice(0, MAX_NEAR) };
}

/** By its path, or by the end of it. */
function isNamed(file: string, name: string | undefined, config: string | undefined): boolean {
  if (name === undefined) return file === config;
  return file === resolve(name) || file.endsWith(`/${name.replace(/^\.?\//, '')}`);
}
