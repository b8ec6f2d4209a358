import { describe, expect, it } from 'vitest';
import {
  MAX_BEFORE_END,
  SessionClock,
  type Stage,
  stageLimits,
} from '../../../src/mail/transport/session-clock.js';
import { heldClock } from '../../support/held-clock.js';

const MINUTE = 60_000;

function aSession(connect = 10) {
  const clock = heldClock();
  const late: string[] = [];
  const session = new SessionClock(stageLimits(connect), clock, ({ message }) => void late.push(message));
  return { clock, late, session };
}

describe('how long each stage of a session may take', () => {
  it.each<[Stage, number, string]>([
    ['connect', 10, 'no connection'],
    ['handshake', 300, 'no end of the TLS handshake'],
    ['greeting', 300, 'no greeting'],
    ['EHLO', 300, 'no answer to EHLO'],
    ['STARTTLS', 300, 'no answer to STARTTLS'],
    ['AUTH', 300, 'no answer to AUTH'],
    ['MAIL', 300, 'no answer to MAIL'],
    ['RCPT', 300, 'no answer to RCPT'],
    ['DATA', 120, 'no answer to DATA'],
    ['chunk', 180, 'the server did not read the letter'],
    ['end', 600, 'no answer to the end of the letter'],
  ])('%s: %i s', (stage, seconds, words) => {
    const { clock, late, session } = aSession();
    session.begin(stage);
    clock.advance(seconds * 1000 - 1);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toEqual([`Timeout: ${words} within ${seconds} s`]);
  });

  it('mailtimeout is for connecting alone', () => {
    const { clock, late, session } = aSession(3600);
    session.begin('connect');
    clock.advance(59 * MINUTE);
    expect(late).toEqual([]);
    session.begin('DATA');
    clock.advance(MINUTE);
    expect(late).toEqual([`Timeout: the letter took longer than ${MAX_BEFORE_END} s`]);
  });

  it('with PIPELINING the answer that comes next has its time, and not that of all commands', () => {
    const { clock, late, session } = aSession();
    for (const line of ['MAIL FROM:<f@x.org>', 'RCPT TO:<a@x.org>', 'RCPT TO:<b@x.org>', 'DATA'])
      session.sent(line);
    for (const reply of ['250 yes', '250 yes', '250 yes']) {
      clock.advance(4 * MINUTE);
      session.answered(reply);
    }
    clock.advance(2 * MINUTE);
    expect(late).toEqual(['Timeout: no answer to DATA within 120 s']);
  });

  it('a letter may take as long as its pieces get on, up to an hour before its end', () => {
    const { clock, late, session } = aSession();
    session.sent('DATA');
    session.answered('354 go on');
    for (let minute = 0; minute < 58; minute += 2) {
      clock.advance(2 * MINUTE);
      session.begin('chunk');
    }
    session.ended();
    clock.advance(10 * MINUTE - 1);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toEqual(['Timeout: no answer to the end of the letter within 600 s']);
  });

  it('many recipients do not hold a connection for hours', () => {
    const { clock, late, session } = aSession();
    for (let recipient = 0; recipient < 20; recipient++) {
      session.sent(`RCPT TO:<${recipient}@x.org>`);
      clock.advance(4 * MINUTE);
      session.answered('250 yes');
    }
    expect(late[0]).toBe('Timeout: the letter took longer than 3600 s');
  });

  it('the lines of a login are one stage each', () => {
    const { clock, late, session } = aSession();
    session.sent('AUTH LOGIN');
    clock.advance(4 * MINUTE);
    session.answered('334 VXNlcm5hbWU6');
    session.sent('bG9n');
    clock.advance(4 * MINUTE);
    expect(late).toEqual([]);
    clock.advance(MINUTE);
    expect(late).toEqual(['Timeout: no answer to AUTH within 300 s']);
  });

  it('after STARTTLS comes the handshake', () => {
    const { clock, late, session } = aSession();
    session.sent('STARTTLS');
    clock.advance(4 * MINUTE);
    session.answered('220 go');
    clock.advance(5 * MINUTE);
    expect(late).toEqual(['Timeout: no end of the TLS handshake within 300 s']);
  });

  it('between two stages the clock goes on', () => {
    const { clock, late, session } = aSession();
    session.begin('greeting');
    session.answered('220 here');
    clock.advance(5 * MINUTE);
    expect(late).toHaveLength(1);
  });

  it('nothing is late when it has stopped', () => {
    const { clock, late, session } = aSession();
    session.begin('MAIL');
    session.stop();
    clock.advance(3600 * 1000);
    expect([late, clock.waiting]).toEqual([[], 0]);
  });
});

describe('near the end', () => {
  it.each<[Stage, number]>([
    ['greeting', 10],
    ['RCPT', 10],
    ['chunk', 10],
    ['connect', 10],
    ['end', 600],
  ])('%s may take %i s', (stage, seconds) => {
    const { clock, late, session } = aSession();
    session.begin(stage);
    session.hurry();
    clock.advance(seconds * 1000 - 1);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toHaveLength(1);
  });
});
