import { describe, expect, it } from 'vitest';
import { doubtAddress } from '../../../src/mail/route/doubt-address.js';

describe('an address that mail servers take is not doubted', () => {
  it.each([
    'root',
    'ops@example.org',
    'ops@localhost',
    'ops@mail_1.example.org',
    'first.last+tag@example.org',
    '"a@b c"@example.org',
    'ops@[192.0.2.1]',
    'ops@[IPv6:2001:db8::1]',
    'ops@例え.jp',
    'ops@xn--r8jz45g.jp',
    '<ops@example.org>',
    `ops@${'a'.repeat(63)}.org`,
    `${'a'.repeat(64)}@example.org`,
    `ops@${'a.'.repeat(126)}a`,
  ])('%.80s', (address) => {
    expect(doubtAddress(address)).toBeNull();
  });
});

describe('one that they refuse is', () => {
  it.each([
    ['ops@example.org.', 'a dot at the end of the domain', 'remove it'],
    ['ops@example..org', 'an empty part of the domain, at a dot too many', 'remove the dot'],
    ['ops@.example.org', 'an empty part of the domain, at a dot too many', 'remove the dot'],
    ['ops@', 'no domain after the "@"', 'write NAME@DOMAIN'],
    ['@example.org', 'no name before the "@"', 'write NAME@DOMAIN'],
    ['ops@-example.org', 'a part of the domain with a dash at its edge', 'remove it'],
    ['ops@example-.org', 'a part of the domain with a dash at its edge', 'remove it'],
    ['ops@192.0.2.1', 'an IP address as a domain', 'write it in brackets: [192.0.2.1]'],
    ['ops@[192.0.2]', 'brackets around what is no IP address', 'write [192.0.2.1]'],
    ['ops@[2001:db8::1]', 'brackets around what is no IP address', 'write [192.0.2.1]'],
    ['ops@exam ple.org', 'the " " in the domain', 'write it without'],
    ['ops@example.org:25', 'the ":" in the domain', 'write it without'],
    ['ops@exa\u0000mple.org', 'a domain that DNS cannot have', 'write it as DNS has it'],
    ['jörg@example.org', 'the "ö" before the "@"', 'write an address of the same mailbox in ASCII'],
    ['"jörg"@example.org', 'the "ö" before the "@"', 'in ASCII'],
    ['試験@例え.jp', 'the "試" before the "@"', 'in ASCII'],
    ['jörg', 'the "ö" before the "@"', 'in ASCII'],
    ['a@x.org;b@x.org', 'two "@"', 'write a comma between two addresses'],
    ['a;b@x.org', 'the ";" before the "@"', 'write it without'],
    ['.ops@example.org', 'a dot in the wrong place before the "@"', 'remove it'],
    ['o..ps@example.org', 'a dot in the wrong place before the "@"', 'remove it'],
    ['ops.@example.org', 'a dot in the wrong place before the "@"', 'remove it'],
    [`ops@${'a'.repeat(64)}.org`, 'a part of the domain of more than 63 characters', 'write it'],
    [`ops@${'a'.repeat(100_000)}`, 'a domain of more than 253 characters', 'write it'],
    [`ops@${'a.'.repeat(127)}a`, 'a domain of more than 253 characters', 'write it'],
    [`${'a'.repeat(65)}@example.org`, 'a name of more than 64 bytes before the "@"', 'write a shorter one'],
    [`${'便'.repeat(22)}@example.org`, 'a name of more than 64 bytes before the "@"', 'write a shorter one'],
  ])('%.80s', (address, seen, instead) => {
    const doubt = doubtAddress(address);
    expect(doubt?.seen).toBe(seen);
    expect(doubt?.instead).toContain(instead);
  });
});
