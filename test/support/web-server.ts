import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { CERTIFICATE, KEY } from '../mail/transport/certificates.js';

/** What a web server got. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real HTTP server on loopback that keeps what it is given. */
export interface WebServer {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly origin: string;
  readonly got: Got[];
  /** How it answers from now on; it may not answer at all. */
  answer: (response: ServerResponse, got: Got) => void;
  /** Answers with a status from now on. */
  say(status: number, body?: string, headers?: Readonly<Record<string, string>>): void;
  /** Resolves when so many requests have come in all. */
  requests(count: number): Promise<void>;
}

/** Starts a server, which takes everything; it closes with the test. */
export async function startWebServer(kind: 'http' | 'https' = 'http'): Promise<WebServer> {
  const waiting: { readonly count: number; resolve(): void }[] = [];
  const web: WebServer & { origin: string } = {
    origin: '',
    got: [],
    answer: (response) => void response.end('{}'),
    say(status, body = '', headers = {}) {
      web.answer = (response) => void response.writeHead(status, headers).end(body);
    },
    requests: (count) =>
      web.got.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => void waiting.push({ count, resolve })),
  };
  const server = kind === 'http' ? createServer() : createSecureServer({ cert: CERTIFICATE, key: KEY });
  server.on('request', (request, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => void pieces.push(piece));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const got = { method, path, headers, body: Buffer.concat(pieces).toString() };
      web.got.push(got);
      web.answer(response, got);
      for (const one of waiting) if (web.got.length >= one.count) one.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  web.origin = `${kind}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return web;
}
