import { sameInAnyCase, sameUnits } from './characters.js';
import { CHARACTERS_A_STEP, type Machine } from './machine.js';

/** Recursions within recursions: each keeps a copy of the registers. */
const MAX_RECURSION_DEPTH = 5_000;

/** The end of a group, or of a recursion into it. */
export function groupEnd(machine: Machine, pc: number): boolean {
  const group = machine.operand(pc + 1);
  if (machine.frame?.group === group) return returnFrom(machine);
  machine.write(2 * group, machine.reg(machine.operand(pc + 2)));
  machine.write(2 * group + 1, machine.at);
  return machine.goOn(pc + 3);
}

export function isSet(machine: Machine, group: number): boolean {
  return group <= machine.program.groupCount && machine.reg(2 * group + 1) >= 0;
}

/** The first group of a reference that took part, or 0. */
export function firstSet(machine: Machine, reference: number): number {
  const groups = machine.program.references[reference]?.groups;
  return groups?.find((group) => isSet(machine, group)) ?? 0;
}

/** A backreference to a group that took no part fails (perlre); in JavaScript it matches nothing. */
export function backreference(machine: Machine, reference: number): boolean {
  const group = firstSet(machine, reference);
  if (group === 0) return false;
  const start = machine.reg(2 * group);
  const length = machine.reg(2 * group + 1) - start;
  const ignoresCase = machine.program.references[reference]?.ignoreCase ?? false;
  const same = (ignoresCase ? sameInAnyCase : sameUnits)(machine.text, start, machine.at, length);
  machine.spend(same / CHARACTERS_A_STEP);
  if (same < length) return false;
  machine.at += length;
  return true;
}

/** Begins a recursion. */
export function call(machine: Machine, pc: number): boolean {
  const depth = (machine.frame?.depth ?? 0) + 1;
  if (depth > MAX_RECURSION_DEPTH) machine.giveUp('recursion');
  const registers = machine.registers.slice();
  machine.spend(registers.length);
  machine.enter({ group: machine.operand(pc + 2), back: pc + 3, outer: machine.frame, depth, registers });
  return machine.goOn(machine.operand(pc + 1));
}

/** Ends a recursion: groups and loops are restored (perlre), but not the start that `\K` has set. */
export function returnFrom(machine: Machine): boolean {
  const { frame } = machine;
  if (!frame) return false;
  machine.spend(frame.registers.length / CHARACTERS_A_STEP);
  for (let register = 1; register < frame.registers.length; register++)
    if (machine.reg(register) !== frame.registers[register])
      machine.write(register, frame.registers[register] as number);
  machine.enter(frame.outer);
  return machine.goOn(frame.back);
}

/** Whether the active recursion is into one of these groups; -1: into any. */
export function isRecursing({ frame, program }: Machine, reference: number): boolean {
  if (!frame) return false;
  return reference < 0 || (program.references[reference]?.groups.includes(frame.group) ?? false);
}
