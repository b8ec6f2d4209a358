import { describe, expect, it } from 'vitest';
import { findReply, readReply } from '../../../src/mail/transport/reply.js';
import { meaningOf, type Step } from '../../../src/mail/transport/reply-table.js';

/** `mend X`, `limit of X`, `later`, `later; X`, `never`, `never; size`. */
function outline(response: string, step: Step): string {
  const reply = readReply(response);
  if (!reply) return 'no reply';
  const meaning = meaningOf(reply, step);
  switch (meaning.kind) {
    case 'mend':
      return `mend ${meaning.what}`;
    case 'limit':
      return `limit of ${meaning.whose}`;
    default:
      return meaning.advice === null ? meaning.kind : `${meaning.kind}; ${meaning.advice}`;
  }
}

/** What servers say: by whom, at which step, in which words, and what it means. */
const ROWS: readonly (readonly [string, Step, string, string])[] = [
  // TLS is wanted.
  ['Gmail', 'MAIL', '530 5.7.0 Must issue a STARTTLS command first. 5b1f17b1804b1-43', 'mend tls'],
  ['Postfix', 'MAIL', '530 5.7.0 Must issue a STARTTLS command first', 'mend tls'],
  [
    'Postfix, a policy',
    'RCPT',
    '450 4.7.1 <vm[192.0.2.1]>: Client host rejected: Session encryption is required',
    'later; tls',
  ],
  ['Sendmail', 'AUTH', '538 5.7.11 Encryption required for requested authentication mechanism', 'mend tls'],
  ['Exim', 'RCPT', '550 TLS required for relaying', 'mend tls'],
  ['a server by RFC 3463', 'MAIL', '554 5.7.10 No', 'mend tls'],
  ['a 538 without words', 'AUTH', '538 no', 'mend tls'],

  // A login is wanted, or another one.
  ['RFC 4954', 'MAIL', '530 5.7.0 Authentication required', 'mend login'],
  ['Amazon SES', 'MAIL', '530 Authentication required', 'mend login'],
  ['hMailServer', 'RCPT', '530 SMTP authentication is required.', 'mend login'],
  [
    'Exchange',
    'MAIL',
    '530 5.7.57 Client not authenticated to send mail. [AM6PR07MB1.prod.outlook.com]',
    'mend login',
  ],
  ['Exchange on premises', 'DATA', '550 5.7.1 Client was not authenticated', 'mend login'],
  [
    'Sendmail',
    'RCPT',
    '550 5.7.1 <t@x.org>... Relaying denied. Proper authentication required.',
    'mend login',
  ],
  ['Exim of cPanel', 'RCPT', '550 SMTP AUTH is required for message submission on port 587', 'mend login'],
  ['Postfix', 'RCPT', '553 5.7.1 <f@x.org>: Sender address rejected: not logged in', 'mend login'],
  ['qmail', 'MAIL', '503 AUTH first (#5.5.1)', 'mend login'],
  ['a provider', 'RCPT', '550 You must authenticate to use this server', 'mend login'],
  [
    'Gmail',
    'AUTH',
    '535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials',
    'mend login',
  ],
  ['Gmail', 'AUTH', '534-5.7.9 Application-specific password required.\n534 5.7.9 Learn more', 'mend login'],
  [
    'Exchange',
    'AUTH',
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox',
    'mend login',
  ],
  ['Postfix', 'AUTH', '503 5.5.1 Error: authentication not enabled', 'mend login'],
  ['a server that is overloaded', 'AUTH', '454 4.7.0 Temporary authentication failure', 'later'],

  // The name in EHLO is not taken.
  ['Postfix', 'RCPT', '504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname', 'mend name'],
  ['Postfix', 'RCPT', '450 4.7.1 <vm.lan>: Helo command rejected: Host not found', 'later; name'],
  ['Postfix', 'RCPT', '550 5.7.1 <x.org>: Helo command rejected: Access denied', 'mend name'],
  ['Exim', 'EHLO', '501 Syntactically invalid EHLO argument(s)', 'mend name'],
  ['Exim', 'RCPT', '550 Bad HELO - Host impersonating hostname', 'mend name'],
  [
    'Gmail',
    'EHLO',
    '501-5.5.4 HELO/EHLO argument "a_b" invalid, closing connection.\n501 5.5.4 Learn more',
    'mend name',
  ],
  ['Exchange', 'EHLO', '501 5.5.4 Invalid domain name', 'mend name'],
  ['Sendmail', 'MAIL', '501 5.0.0 HELO/EHLO requires domain address', 'mend name'],
  ['Postfix, of the order', 'MAIL', '503 5.5.1 Error: send HELO/EHLO first', 'later'],

  // The sender is not taken.
  ['Postfix', 'RCPT', '553 5.7.1 <f@x.org>: Sender address rejected: not owned by user logs', 'mend sender'],
  ['Postfix', 'RCPT', '450 4.1.8 <f@vm.lan>: Sender address rejected: Domain not found', 'later; sender'],
  [
    'Postfix',
    'RCPT',
    '504 5.5.2 <f@vm>: Sender address rejected: need fully-qualified address',
    'mend sender',
  ],
  [
    'Postfix',
    'RCPT',
    '550 5.1.0 <f@x.org>: Sender address rejected: User unknown in local recipient table',
    'mend sender',
  ],
  [
    'Exim',
    'RCPT',
    '550-Verification failed for <f@vm>\n550-Unrouteable address\n550 Sender verify failed',
    'mend sender',
  ],
  [
    'Sendmail',
    'MAIL',
    '553 5.1.8 <f@vm.lan>... Domain of sender address f@vm.lan does not exist',
    'mend sender',
  ],
  ['Sendmail', 'MAIL', '553 5.5.4 <f>... Domain name required for sender address f', 'mend sender'],
  [
    'Exchange',
    'DATA',
    '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    'mend sender',
  ],
  [
    'Exchange',
    'DATA',
    '554 5.2.252 SendAsDenied; logs@x.org not allowed to send as f@x.org; STOREDRV.Submission',
    'mend sender',
  ],
  [
    'Amazon SES',
    'DATA',
    '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: f@x.org',
    'mend sender',
  ],
  ['Gmail', 'MAIL', '553 5.1.7 The sender address <f@> is not a valid RFC 5321 address.', 'mend sender'],
  [
    'Gmail',
    'DATA',
    "550-5.7.26 Unauthenticated email from x.org is not accepted due to domain's\n550 5.7.26 DMARC policy.",
    'mend sender',
  ],
  ['a server by RFC 7372', 'DATA', '550 5.7.23 SPF validation failed', 'mend sender'],
  ['Zoho', 'DATA', '553 Sender is not allowed to relay emails', 'mend relay'],

  // Nothing is passed on from here.
  ['Postfix', 'RCPT', '554 5.7.1 <t@x.org>: Relay access denied', 'mend relay'],
  ['Exim', 'RCPT', '550 relay not permitted', 'mend relay'],
  ['Exchange', 'RCPT', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'mend relay'],
  ['Exchange', 'RCPT', '550 5.7.64 TenantAttribution; Relay Access Denied', 'mend relay'],
  [
    'Gmail',
    'MAIL',
    '550-5.7.1 Invalid credentials for relay [192.0.2.1]. You must present one of your\n550 5.7.1 domain names in the HELO or EHLO command.',
    'mend relay',
  ],
  ['qmail', 'RCPT', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", 'mend relay'],
  [
    'Postfix, without a login',
    'RCPT',
    '554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied',
    'mend relay',
  ],
  [
    'Postfix',
    'RCPT',
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
    'mend relay',
  ],
  [
    'Postfix',
    'RCPT',
    '450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]',
    'later; relay',
  ],
  [
    'Gmail',
    'DATA',
    "550-5.7.1 The IP you're using to send mail is not authorized to send email\n550 5.7.1 directly to our servers. Please use the SMTP relay at your service provider",
    'mend relay',
  ],
  ['RFC 7504', 'EHLO', '521 mail.x.org does not accept mail', 'mend relay'],

  // A quota of the sender.
  ['Gmail', 'MAIL', '550 5.4.5 Daily user sending quota exceeded. ab12-20020a170906', 'limit of sender'],
  [
    'Gmail',
    'DATA',
    '550-5.4.5 Daily SMTP relay limit exceeded for user. For more information on relay\n550 5.4.5 limits',
    'limit of sender',
  ],
  ['Gmail', 'RCPT', '550 5.7.1 Daily SMTP relay limit exceeded for customer.', 'limit of sender'],
  [
    'Gmail',
    'DATA',
    '550-5.7.1 Our system has detected an unusual rate of unsolicited mail originating\n550 5.7.1 from your IP address.',
    'limit of sender',
  ],
  [
    'Exchange',
    'DATA',
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    'limit of sender',
  ],
  ['Exchange', 'DATA', '550 5.7.705 Access denied, tenant has exceeded threshold', 'limit of sender'],
  [
    'Exchange',
    'MAIL',
    '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; submission quota exceeded',
    'limit of sender',
  ],
  [
    'Exim of cPanel',
    'RCPT',
    '550 Domain x.org has exceeded the max emails per hour (100/100 (100%)) allowed. Message discarded.',
    'limit of sender',
  ],
  [
    'Zoho',
    'DATA',
    '550 5.4.6 Unusual sending activity detected. Please try after sometime.',
    'limit of sender',
  ],
  ['a provider', 'DATA', '554 5.7.1 Rate limit reached, try again later', 'limit of sender'],
  ['a provider', 'RCPT', '554 5.7.0 Too many messages from you, slow down', 'limit of sender'],
  ['a provider', 'RCPT', '550 5.5.3 Too many recipients', 'limit of sender'],
  ['a provider', 'DATA', '554 Temporarily blocked', 'limit of sender'],
  ['Amazon SES', 'DATA', '454 Throttling failure: Daily message quota exceeded', 'later'],

  // A limit of the recipient.
  [
    'Gmail',
    'RCPT',
    "552-5.2.2 The recipient's inbox is out of storage space and inactive.\n552 5.2.2 Please",
    'limit of recipient',
  ],
  [
    'Gmail',
    'RCPT',
    '550-5.2.1 The user you are trying to contact is receiving mail at a rate that\n550 5.2.1 prevents additional messages',
    'limit of recipient',
  ],
  [
    'Postfix',
    'RCPT',
    '552 5.2.2 <t@x.org>: Recipient address rejected: Mailbox is full',
    'limit of recipient',
  ],
  ['Dovecot', 'DATA', '552 5.2.2 <t@x.org> Quota exceeded (mailbox for user is full)', 'limit of recipient'],
  [
    'RFC 5321',
    'DATA',
    '552 Requested mail action aborted: exceeded storage allocation',
    'limit of recipient',
  ],
  [
    'Exchange',
    'DATA',
    "550 5.2.121 Recipient's per hour message receive limit from specific sender exceeded",
    'limit of recipient',
  ],
  ['Postfix', 'RCPT', '452 4.2.2 <t@x.org>: Mailbox full', 'later'],

  // By one sign alone.
  ['its words', 'MAIL', '550 This server requires TLS', 'mend tls'],
  ['its words', 'DATA', "550 5.7.1 Not accepted due to the domain's DMARC policy", 'mend sender'],
  ['its code', 'MAIL', '530 no', 'mend login'],
  ['its enhanced code', 'MAIL', '550 5.7.57 no', 'mend login'],
  ['its enhanced code', 'RCPT', '550 5.7.54 no', 'mend relay'],
  ['its words', 'RCPT', '550 Your IP is blocked', 'mend relay'],
  ['its words', 'MAIL', '550 No reverse DNS', 'mend relay'],
  ['its enhanced code', 'MAIL', '550 5.7.25 no', 'mend relay'],
  ['its code', 'MAIL', '521 no', 'mend relay'],
  ['its words', 'MAIL', '550 f@x.org is not permitted to send', 'mend sender'],
  ['its enhanced code', 'MAIL', '550 5.1.7 no', 'mend sender'],
  ['its enhanced code', 'MAIL', '550 5.4.5 no', 'limit of sender'],
  ['its enhanced code', 'RCPT', '552 5.2.2 no', 'limit of recipient'],
  ['its words', 'RCPT', '550 mailbox is full', 'limit of recipient'],
  ['its enhanced code', 'MAIL', '552 5.3.4 no', 'never; size'],
  ['its words', 'DATA', '554 throttled', 'limit of sender'],

  // For later.
  [
    'Postgrey',
    'RCPT',
    '450 4.2.0 <t@x.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch',
    'later',
  ],
  ['a greylist that says never', 'RCPT', '550 5.7.1 Greylisted, try again in 5 minutes', 'later'],
  ['RFC 5321', 'DATA', '451 Requested action aborted: local error in processing', 'later'],
  ['out of order', 'RCPT', '503 5.5.1 Bad sequence of commands', 'later'],
  ['no refusal', 'DATA', '250 yes', 'later'],

  // For good.
  [
    'Postfix',
    'RCPT',
    '550 5.1.1 <t@x.org>: Recipient address rejected: User unknown in local recipient table',
    'never',
  ],
  [
    'Gmail',
    'RCPT',
    '550-5.1.1 The email account that you tried to reach does not exist. Please try\n550 5.1.1 double-checking',
    'never',
  ],
  ['Exim', 'RCPT', '550 Unrouteable address', 'never'],
  ['RFC 7505', 'RCPT', '556 5.1.10 Recipient address has null MX', 'never'],
  ['a host that takes no mail', 'RCPT', '521 5.1.1 x.org does not accept mail', 'never'],
  [
    'Gmail',
    'DATA',
    '550-5.7.1 Our system has detected that this message is likely unsolicited mail.\n550 5.7.1 To reduce',
    'never',
  ],
  [
    'Gmail',
    'DATA',
    '550-5.7.1 The user or domain that you are sending to (or from) has a policy that\n550 5.7.1 prohibited the mail',
    'never',
  ],
  ['a filter', 'DATA', '554 5.7.1 Message rejected as spam by Content Filtering', 'never'],
  ['a filter', 'DATA', '554 5.7.1 Blocked: URL listed by SURBL', 'never'],
  ['a loop', 'DATA', '554 5.4.6 Message exceeded 50 hops, this may indicate a mail loop', 'never'],
  [
    'whoever is called so',
    'RCPT',
    '550 5.1.1 <relay-denied@rate-limit.helo.example.org>: User unknown',
    'never',
  ],
  ['whoever is called so, without brackets', 'RCPT', '550 5.1.1 sender-rejected@x.org User unknown', 'never'],
  ['Postfix', 'MAIL', '552 5.3.4 Message size exceeds fixed limit', 'never; size'],
  [
    'Gmail',
    'DATA',
    "552-5.2.3 Your message exceeded Google's message size limits. Please review\n552 5.2.3",
    'never; size',
  ],
  ['Exim', 'MAIL', '552 Message size exceeds maximum permitted', 'never; size'],
  ['a server', 'DATA', '554 message too large', 'never; size'],
  ['nothing but a code', 'RCPT', '550', 'never'],
];

describe('what a refusal means', () => {
  it.each(ROWS)('%s, at %s: %s', (_who, step, response, expected) => {
    expect(outline(response, step)).toBe(expected);
  });

  it('with a program between: as at the end of a letter', () => {
    expect(outline('550 5.4.5 Daily user sending quota exceeded', 'program')).toBe('limit of sender');
    expect(outline('550 5.1.1 No such user', 'program')).toBe('never');
  });
});

describe('an answer', () => {
  it.each([
    ['of one line', '550 5.1.1 No such user', { code: 550, enhanced: '5.1.1', text: 'No such user' }],
    [
      'of several',
      '550-5.7.26 This\n550-5.7.26 is\n550 5.7.26 it',
      { code: 550, enhanced: '5.7.26', text: 'This is it' },
    ],
    ['without an enhanced code', '550 no', { code: 550, enhanced: null, text: 'no' }],
    ['with one behind it', '553 sorry (#5.7.1)', { code: 553, enhanced: '5.7.1', text: 'sorry (#5.7.1)' }],
    ['with CR', '550-a\r\n550 b\r', { code: 550, enhanced: null, text: 'a b' }],
    ['that is none', 'what?', null],
    ['that is empty', '', null],
    ['of a number alone', '5501', null],
  ])('%s', (_name, response, expected) => {
    expect(readReply(response)).toEqual(expected);
  });

  it('that is hostile is looked at in part, and quickly', () => {
    const reply = readReply(`550 ${'sender relay client host auth '.repeat(100_000)}`);
    expect(reply?.text.length).toBeLessThan(1100);
  });

  it.each([
    [
      'msmtp',
      'msmtp: recipient address gone@x.org not accepted by the server\nmsmtp: server message: 550 5.1.1 No such user\nmsmtp: could not send mail',
      '5.1.1',
    ],
    ['esmtp', 'esmtp: 550 5.4.5 Daily user sending quota exceeded', '5.4.5'],
    ['ssmtp', 'sendmail: RCPT TO:<gone@x.org> (550 5.1.1 No such user)', '5.1.1'],
    ['none', 'sendmail: fatal: no such user', undefined],
    ['a port', 'cannot connect to x.org, port 587', undefined],
  ])('in the words of a program: %s', (_name, words, enhanced) => {
    expect(findReply(words)?.enhanced).toBe(enhanced);
  });
});
