import { describe, expect, it } from 'vitest';
import { ComposedText } from '../../src/base/text/composed-text.js';
import { type LastMatch, RuleState } from '../../src/rule/rule-state.js';

const units = (text: string): ComposedText => new ComposedText().set(text);
const to = { queues: ['a'] };
const match = (message: string): LastMatch => ({ message, ...to });

describe('the last match of a host', () => {
  it('is a copy of a message that is valid for its line only', () => {
    const state = new RuleState({ last: [], hits: [] });
    const message = units('disk sda failed');
    state.rememberText('h', message, to);
    message.set('something else, and longer');
    expect(state.last('h')).toEqual(match('disk sda failed'));
    state.rememberText('h', message, to);
    expect([...state.changes().last]).toEqual([['h', match('something else, and longer')]]);
  });

  it.each(['', 'a', 'x'.repeat(5000), 'ü', '便り \ud83d'])('is of any text, long or short (%#)', (text) => {
    const state = new RuleState({ last: [], hits: [] });
    state.rememberText('h', units('y'.repeat(9000)), to);
    state.rememberText('h', units(text), to);
    expect(state.last('h')).toEqual(match(text));
  });

  it('is of either kind, whatever came before, and none after trash', () => {
    const state = new RuleState({ last: [['h', match('kept')]], hits: [] });
    state.rememberText('h', units('one'), to);
    state.remember('h', match('fixed'));
    expect(state.last('h')).toEqual(match('fixed'));
    state.remember('h', null);
    expect(state.last('h')).toBe(null);
    expect([...state.changes().last]).toEqual([['h', null]]);
  });

  it('is not kept where no rule asks for it, and those of before are forgotten', () => {
    const state = new RuleState({ last: [['old', match('long ago')]], hits: [] });
    state.keepLast(false);
    state.rememberText('h', units('one'), to);
    state.remember('h', match('two'));
    expect([state.last('h'), state.last('old'), [...state.changes().last]]).toEqual([
      null,
      null,
      [['old', null]],
    ]);
    state.onCommitted();
    state.keepLast(true);
    state.rememberText('h', units('three'), to);
    expect(state.last('h')).toEqual(match('three'));
  });
});
