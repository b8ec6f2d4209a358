import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownLineOf } from '../../src/ingest/own-line-of.js';
import { ownEntry } from '../../src/line/own-lines.js';
import { authority } from '../support/certificates.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { configOf } from './open-receivers.js';
import { connectTo, converse, stream } from './stream-listener.js';

const STAMP = 'Nov  2 12:00:00';
const OPEN = '1 open 30 relp_version=0\ncommands=syslog\n';

describe('over TCP', () => {
  it('lines keep their hosts; those without one are of their sender', async () => {
    const { port, counted } = await stream('tcp');
    await converse(port, '<13>Oct 11 22:14:15 web1 su: x\n<13>app[7]: disk fails\n', '12 <13>one\ntwo\n');
    expect(await counted(4)).toEqual([
      '<13>Oct 11 22:14:15 web1 su: x',
      `${STAMP} 127.0.0.1 app[7]: disk fails`,
      `${STAMP} 127.0.0.1 one`,
      `${STAMP} 127.0.0.1 two`,
    ]);
  });

  it('the sender is named as the resolver does, and its lines stay in order until it has', async () => {
    const { port, counted } = await stream('tcp', '', { reverse: async () => 'web7' });
    await converse(port, '<13>one\n', '<13>Oct 11 22:14:15 web1 su: x\n', '<13>two');
    expect(await counted(3)).toEqual([
      `${STAMP} web7 one`,
      '<13>Oct 11 22:14:15 web1 su: x',
      `${STAMP} web7 two`,
    ]);
  });

  it('while the state cannot be written the sender waits, and nothing is lost', async () => {
    const opened = await stream('tcp');
    opened.writable = false;
    const socket = await connectTo(opened.port);
    const line = `<13>Oct 11 22:14:15 web1 app: ${'x'.repeat(1000)}\n`;
    const count = 40_000; // more than all buffers hold: those of the kernel, too
    for (let at = 0; at < count; at++) socket.write(line);
    let drained = false;
    socket.once('drain', () => {
      drained = true;
    });
    // Far beyond what is read while there is room.
    await until(() => (opened.receivers.reports()[0]?.lines ?? 0) > 3_000);
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    expect(opened.receivers.reports()[0]?.lines).toBeLessThan(6_000);
    expect(drained).toBe(false);
    opened.writable = true;
    await opened.receivers.poll();
    socket.end();
    expect(await opened.counted(count)).toHaveLength(count);
    expect(opened.told().join('\n')).not.toContain('lost');
  });

  it('a reload keeps the connection, and what the new config says of prefixes holds for it', async () => {
    const { port, counted, receivers } = await stream('tcp');
    const socket = await connectTo(port);
    socket.write('<13>one\n');
    await counted(1);
    expect(await receivers.change(configOf(`set listen tcp:127.0.0.1:${port}\nset limit 7`))).toEqual([]);
    socket.write('<13>two\n');
    expect(await counted(2)).toEqual([`${STAMP} 127.0.0.1 one`, `${STAMP} 127.0.0.1 two`]);
  });

  it('a listener that a reload takes away hands on the line that has no end yet', async () => {
    const { port, lines, counted, receivers } = await stream('tcp');
    const socket = await connectTo(port);
    socket.write('<13>one\n<13>tw');
    await counted(1);
    expect(await receivers.change(configOf(''))).toEqual([]);
    expect(lines.all).toEqual([`${STAMP} 127.0.0.1 one`, `${STAMP} 127.0.0.1 tw`]);
  });

  it('a port that is taken is refused in words', async () => {
    const { port, receivers } = await stream('tcp');
    const config = configOf(`set listen tcp:127.0.0.1:${port}\nset listen relp:127.0.0.1:${port}`);
    const [reason] = await receivers.change(config);
    expect(reason).toContain(`listen relp:127.0.0.1:${port}: cannot be opened`);
    expect(reason).toContain('ss -tulpn');
  });

  it('a length of 2^31 ends the connection, and is told once a minute', async () => {
    const { port, counted, told, clock, receivers } = await stream('tcp');
    for (let at = 0; at < 3; at++) await converse(port, '<13>a\n2147483648 <13>x');
    expect(await counted(3)).toHaveLength(3);
    const trouble = `listen tcp:127.0.0.1:${port}: 127.0.0.1: it announced a message of 2147483648 bytes; the connection was ended`;
    expect(told().slice(1)).toEqual([trouble]);
    clock.advance(60_000);
    await receivers.poll();
    expect(told().slice(2)).toEqual([`${trouble} (and 1 more like it)`]);
    expect(receivers.states()[0]?.status).toBe('open, 0 connections, trouble with 3 so far');
  });

  it('a thousand connections that say nothing keep nobody out', async () => {
    const { port, counted, told } = await stream('tcp');
    const silent = await Promise.all(Array.from({ length: 1000 }, () => connectTo(port)));
    await converse(port, '<13>one');
    await converse(port, '<13>two');
    expect(await counted(2)).toEqual([`${STAMP} 127.0.0.1 one`, `${STAMP} 127.0.0.1 two`]);
    await until(() => silent.some(({ destroyed }) => destroyed));
    expect(told().join('\n')).toMatch(
      /it was silent, and \d+ connections are open; the connection was ended/,
    );
  });
});

describe('RELP', () => {
  it('is answered when the messages are on the disk, and not before', async () => {
    const opened = await stream('relp');
    opened.writable = false;
    const socket = await connectTo(opened.port);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(`${OPEN}2 syslog 7 <13>one\n3 syslog 0\n4 syslog 7 <13>two\n`);
    await until(() => opened.receivers.reports()[0]?.lines === 2);
    await opened.receivers.poll();
    expect(answer).not.toContain('2 rsp');
    opened.writable = true;
    await opened.receivers.poll();
    await until(() => answer.endsWith('2 rsp 6 200 OK\n3 rsp 6 200 OK\n4 rsp 6 200 OK\n'));
    expect(opened.lines.all).toEqual([`${STAMP} 127.0.0.1 one`, `${STAMP} 127.0.0.1 two`]);
    expect(opened.commits).toEqual(['synced']);
  });

  it('takes leave after the last answer', async () => {
    const { port, lines, told } = await stream('relp');
    const answer = await converse(port, `${OPEN}2 syslog 7 <13>one\n3 close 0\n`);
    expect(answer).toMatch(/2 rsp 6 200 OK\n3 rsp 0\n0 serverclose 0\n$/);
    expect(lines.all).toHaveLength(1);
    expect(told()).toHaveLength(1);
  });

  it('ends a session whose numbers do not follow each other, after the answers to those that did', async () => {
    const { port, lines, told } = await stream('relp');
    const answer = await converse(port, `${OPEN}2 syslog 7 <13>one\n4 syslog 7 <13>two\n`);
    expect(answer).toMatch(/2 rsp 6 200 OK\n$/);
    expect(lines.all).toEqual([`${STAMP} 127.0.0.1 one`]);
    expect(told().join('\n')).toContain('message 4 came where 3 was due; the connection was ended');
  });

  it('what was counted and could not be answered is told, and shown by status', async () => {
    const opened = await stream('relp');
    opened.writable = false;
    const socket = await connectTo(opened.port);
    socket.write(`${OPEN}2 syslog 7 <13>one\n3 syslog 7 <13>two\n`);
    await until(() => opened.receivers.reports()[0]?.lines === 2);
    socket.resetAndDestroy();
    await until(() => opened.receivers.states()[0]?.status.startsWith('open, 0 '));
    expect(opened.receivers.states()[0]?.status).toContain('2 messages may have come twice');
    await opened.receivers.poll();
    expect(opened.told().at(-1)).toContain(
      '127.0.0.1 went away before the answers to 2 messages were sure to have arrived',
    );
  });

  it('closes without losing what its sender keeps: nothing of that is told as lost', async () => {
    const opened = await stream('relp');
    opened.writable = false;
    const socket = await connectTo(opened.port);
    socket.write(`${OPEN}2 syslog 7 <13>one\n`);
    await until(() => opened.receivers.reports()[0]?.lines === 1);
    await opened.receivers.close();
    expect(opened.told().join('\n')).not.toContain('lost');
  });
});

describe('over TLS', () => {
  const ours = authority();
  const server = ours.issue('loghost.example.org');

  /** A client of ours; resolves with null where it is refused. */
  function client(port: number, own: { cert?: Buffer | string; key?: Buffer | string } = {}): TLSSocket {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...own });
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    return socket;
  }

  const files = (): string => `set listen_cert ${server.cert}\nset listen_key ${server.key}\n`;
  const readPair = async (pair: { cert: string; key: string }) => {
    const { readFileSync } = await import('node:fs');
    return { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
  };

  it('lines are read as over TCP, and RELP within TLS is answered', async () => {
    const plain = await stream('tls', files());
    client(plain.port).end('12 <13>one\ntwo\n7 <13>end');
    expect(await plain.counted(3)).toEqual([
      `${STAMP} 127.0.0.1 one`,
      `${STAMP} 127.0.0.1 two`,
      `${STAMP} 127.0.0.1 end`,
    ]);
    const relp = await stream('relp+tls', files());
    const socket = client(relp.port);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(`${OPEN}2 syslog 7 <13>one\n3 close 0\n`);
    await until(() => answer.endsWith('0 serverclose 0\n'));
    expect(relp.lines.all).toHaveLength(1);
  });

  it('with an authority, the name in the certificate of the client is the host where the line names none', async () => {
    const { port, counted } = await stream('tls', `${files()}set listen_ca ${ours.ca}\n`);
    const pair = await readPair(ours.issue('web3.example.org'));
    client(port, pair).end('<13>one\n<13>Oct 11 22:14:15 web1 su: x\n');
    expect(await counted(2)).toEqual([`${STAMP} web3.example.org one`, '<13>Oct 11 22:14:15 web1 su: x']);
  });

  it('set listen_host certificate: a client speaks for itself alone, and what it says of others is told once a minute', async () => {
    const conf = `${files()}set listen_ca ${ours.ca}\nset listen_host certificate\n`;
    const { port, counted, told, events, clock, receivers } = await stream('tls', conf);
    const pair = await readPair(ours.issue('web3.example.org'));
    const socket = client(port, pair);
    socket.write('<13>Oct 11 22:14:15 web1 su: x\n<13>Oct 11 22:14:16 WEB3 su: y\n');
    socket.write(
      '<13>Oct 11 22:14:17 web3.example.org su: z\n<13>1 2026-11-02T12:00:00Z web.org su - - - v\n',
    );
    socket.write('<13>Oct 11 22:14:18 web3.evil.org su: w\n<13>u\0<13>Oct 11 22:14:19 web1 su: t\n');
    expect(await counted(7)).toEqual([
      'Oct 11 22:14:15 web3.example.org su: x',
      'Oct 11 22:14:16 web3.example.org su: y',
      'Oct 11 22:14:17 web3.example.org su: z',
      `${STAMP} web3.example.org su: v`,
      'Oct 11 22:14:18 web3.example.org su: w',
      `${STAMP} web3.example.org u`,
      'Oct 11 22:14:19 web3.example.org su: t',
    ]);
    const line = `listen tls:127.0.0.1:${port}: web3.example.org, by its certificate, sent a line of`;
    expect(told().slice(1)).toEqual([`${line} web1; it counts as a line of web3.example.org`]);
    clock.advance(60_000);
    await receivers.poll();
    expect(told().at(-1)).toBe(`${line} web1 (and 2 more like it); it counts as a line of web3.example.org`);
    expect(receivers.states()[0]?.status).toContain('4 lines named another host than their certificate');
    const event = events.findLast(({ kind }) => kind === 'source');
    const said = event?.kind === 'source' ? ownLineOf(event.event) : null;
    expect(said && ownEntry(said, said.host ?? '', 0)).toEqual({
      host: 'web3.example.org',
      time: 0,
      text: 'tayori: web3.example.org sent lines of another host: web1; they count as its own',
    });
  });

  it.each([
    ['without a certificate', null, 'it shows none'],
    [
      'with a certificate of others',
      authority().issue('web3.example.org'),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
  ])('with an authority, a client %s is refused, and nothing it says is read', async (_name, pair, why) => {
    const { port, lines, told } = await stream('tls', `${files()}set listen_ca ${ours.ca}\n`);
    const socket = client(port, pair ? await readPair(pair) : {});
    socket.write('<13>one\n');
    await new Promise((resolve) => void socket.once('close', resolve));
    expect(lines.all).toEqual([]);
    expect(told().at(-1)).toContain(`no TLS connection: its certificate is not of listen_ca (${why})`);
  });

  it('a handshake that never ends is ended after ten seconds', async () => {
    const { port, told, clock, receivers } = await stream('tls', files());
    const socket = await connectTo(port);
    await until(() => receivers.states()[0]?.status === 'open, 1 connection');
    clock.advance(10_000);
    await new Promise((resolve) => void socket.once('close', resolve));
    expect(told().at(-1)).toContain('no TLS connection: the handshake took longer than 10 s');
  });

  it('what is no TLS is refused in words', async () => {
    const { port, told, lines } = await stream('tls', files());
    await converse(port, '<13>one\n<13>two\n');
    await until(() => told().some((one) => one.includes('no TLS connection')));
    expect(lines.all).toEqual([]);
  });

  it('a new certificate is shown after a reload, and a bad one refuses the reload', async () => {
    const folder = temporaryFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const use = (pair: { cert: string; key: string }): void => {
      copyFileSync(pair.cert, cert);
      copyFileSync(pair.key, key);
    };
    use(server);
    const { port, receivers } = await stream('tls', `set listen_cert ${cert}\nset listen_key ${key}\n`);
    const shown = async (): Promise<string> => {
      const socket = client(port);
      await new Promise((resolve) => void socket.once('secureConnect', resolve));
      return String(socket.getPeerCertificate().subject.CN);
    };
    expect(await shown()).toBe('loghost.example.org');
    const config = configOf(
      `set listen tls:127.0.0.1:${port}\nset listen_cert ${cert}\nset listen_key ${key}\n`,
    );
    use(ours.issue('renewed.example.org'));
    expect(await receivers.change(config)).toEqual([]);
    expect(await shown()).toBe('renewed.example.org');
    writeFileSync(key, 'no key');
    expect((await receivers.change(config)).join()).toContain('the certificate of TLS listeners');
    expect(await shown()).toBe('renewed.example.org');
  });
});
