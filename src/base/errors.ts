/** The code that the system, or a library, gave an error (`ENOENT`); undefined where it has none. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Why something failed, in the words of what was thrown, whatever that was. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The program cannot work as it is installed. Its message says what was found and what to do; whoever runs a command
 * prints it and ends with 1.
 */
export class BrokenInstallation extends Error {}
