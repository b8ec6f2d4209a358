import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A page in a real browser, spoken to in the DevTools protocol. */
export interface Page {
  /** Loads a page and resolves when it is there: with the addresses of all that it asked for beside itself. */
  open(url: string, view: View): Promise<string[]>;
  /** The value of an expression. */
  evaluate(expression: string): Promise<unknown>;
  /** PNG. */
  picture(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

/** Where Chromium is, or null. */
export function findChromium(): string | null {
  const found = spawnSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], {
    encoding: 'utf8',
  });
  return found.stdout.trim() || null;
}

/** It asks nobody for anything by itself. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--remote-debugging-pipe',
];

/** Starts a browser of its own, with an empty profile. */
export async function openChromium(program: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'tayori-chromium-'));
  const browser = spawn(program, [...QUIET, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const wire = speak(browser);
  const { targetInfos } = await wire.ask<{ targetInfos: { type: string; targetId: string }[] }>(
    'Target.getTargets',
  );
  const target = targetInfos.find(({ type }) => type === 'page');
  const { sessionId } = await wire.ask<{ sessionId: string }>('Target.attachToTarget', {
    targetId: target?.targetId,
    flatten: true,
  });
  const ask: Wire['ask'] = (method, params) => wire.ask(method, params, sessionId);
  await ask('Page.enable');
  await ask('Network.enable');
  return {
    async open(url, { width, height, scheme }) {
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
      await ask('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
      const requests: string[] = [];
      wire.on('Network.requestWillBeSent', ({ request }) => requests.push(String(request?.url)));
      const loaded = new Promise((resolve) => wire.on('Page.loadEventFired', resolve));
      await ask('Page.navigate', { url });
      await loaded;
      return requests.filter((request) => request !== url);
    },
    async evaluate(expression) {
      const { result } = await ask<{ result: { value: unknown } }>('Runtime.evaluate', {
        expression,
        returnByValue: true,
      });
      return result.value;
    },
    async picture() {
      const { data } = await ask<{ data: string }>('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(data, 'base64');
    },
    async close() {
      const ended = new Promise((resolve) => browser.once('exit', resolve));
      await wire.ask('Browser.close');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Wire {
  ask<T = unknown>(method: string, params?: object, sessionId?: string): Promise<T>;
  /** In the place of who listened to it before. */
  on(event: string, listener: (params: { readonly request?: { readonly url: string } }) => void): void;
}

/** Messages in JSON, each ended by a NUL: --remote-debugging-pipe reads them from 3 and writes them to 4. */
function speak(browser: ChildProcess): Wire {
  const [, , , output, input] = browser.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  const listeners = new Map<string, (params: never) => void>();
  let last = 0;
  let held = '';
  input.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (held + chunk).split('\0');
    held = messages.pop() ?? '';
    for (const message of messages) take(JSON.parse(message));
  });
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  browser.once('error', fail);
  browser.once('exit', () => fail(new Error('Chromium has ended')));
  output.on('error', fail);

  function take(message: {
    id?: number;
    method?: string;
    params?: never;
    result?: never;
    error?: { message: string };
  }): void {
    if (message.id === undefined) return listeners.get(message.method ?? '')?.(message.params as never);
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) asked?.reject(new Error(message.error.message));
    else asked?.resolve(message.result as never);
  }

  return {
    ask(method, params = {}, sessionId) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        output.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
      });
    },
    on: (event, listener) => void listeners.set(event, listener as (params: never) => void),
  };
}
