/** Numbers of accounts have 32 bits; the last one stands for none (chown(2)). */
const LARGEST_NUMBER = 2 ** 32 - 2;

/** Name, password and number; of a user also the group's number, a comment and the home. */
const FIELDS = { passwd: 6, group: 3 } as const;

export type AccountTable = keyof typeof FIELDS;

/**
 * The fields of a user or group, by name or number, in the text of /etc/passwd or /etc/group; null: it has none, or what
 * it has is no sound row, which the C library reads in its own way (an empty number is no 0, which would be root).
 */
export function accountRow(text: string, table: AccountTable, name: string): readonly string[] | null {
  const at = isNumber(name) ? 2 : 0;
  const rows = text.split('\n').map(accountFields);
  // Comments, and what NIS adds or takes away (passwd(5), nsswitch.conf(5)).
  const row = rows.find((fields) => fields[at] === name && !/^[#+-]/.test(fields[0] ?? ''));
  return row && isSound(row, table) ? row : null;
}

/** Also of a row that getent(1) prints. */
export function accountFields(row: string): readonly string[] {
  return row.trim().split(':');
}

/** Whether a name is a number that an account can have; getent takes 4294967296 for 0. */
export function isAccountNumber(name: string): boolean {
  return isNumber(name) && Number(name) <= LARGEST_NUMBER;
}

export function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

function isSound(row: readonly string[], table: AccountTable): boolean {
  const numbers = table === 'passwd' ? row.slice(2, 4) : row.slice(2, 3);
  return row.length >= FIELDS[table] && numbers.every(isAccountNumber);
}
