import type { Clock } from './clock.js';

/** Waits for work, at most `max` ms; unfinished work continues by itself. */
export async function within(clock: Clock, max: number, work: Promise<unknown>): Promise<void> {
  let callOff = (): void => {};
  const late = new Promise<void>((resolve) => {
    callOff = clock.after(max, resolve);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    callOff();
  }
}
