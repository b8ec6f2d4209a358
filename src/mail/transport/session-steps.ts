import { TLSSocket } from 'node:tls';
import type { Tls } from '../route/route.js';
import type { Stage } from './session-clock.js';

/** What happens in a session, for whoever watches it step by step. No password and no token is in it. */
export type SessionStep =
  /** A connection begins; `tlsTrouble`: why the one before could not be made private, null for the first. */
  | { readonly kind: 'begun'; readonly tls: Tls; readonly tlsTrouble: string | null }
  /** The host has these addresses. */
  | { readonly kind: 'found'; readonly host: string; readonly addresses: readonly string[] }
  | { readonly kind: 'connected'; readonly address: string; readonly port: number }
  | { readonly kind: 'secured'; readonly protocol: string; readonly certificate: Certificate | null }
  /** `asked`: the line that it answers; '' for the greeting. `reply`: all its lines. */
  | { readonly kind: 'answered'; readonly stage: Stage; readonly asked: string; readonly reply: string }
  /** It ended at this stage without an answer. */
  | { readonly kind: 'broken'; readonly stage: Stage; readonly words: string }
  /** What an administrator can do about what went wrong. */
  | { readonly kind: 'advice'; readonly words: string };

export interface Certificate {
  readonly name: string;
  readonly issuer: string;
  /** Whether it is for the host, and from somebody who is trusted. */
  readonly trusted: boolean;
}

/** Takes secrets out of what a session says of itself, and knows which line an answer belongs to. */
export class SessionSteps {
  readonly #onStep: (step: SessionStep) => void;
  readonly #hide: (text: string) => string;
  /** What was sent and not answered yet, the oldest first. */
  #asked: string[] = [];
  #secured = false;

  constructor(onStep: (step: SessionStep) => void, hide: (text: string) => string) {
    this.#onStep = onStep;
    this.#hide = hide;
  }

  tell(step: SessionStep): void {
    this.#onStep(step);
  }

  /** A line goes out on this socket. */
  sent(line: string, socket: unknown): void {
    this.secured(socket);
    this.#asked.push(line);
  }

  answered(stage: Stage, reply: string): void {
    const asked = stage === 'greeting' ? '' : (this.#asked.shift() ?? '');
    this.#onStep({ kind: 'answered', stage, asked: this.#hide(asked), reply: this.#hide(reply) });
  }

  /** Tells once that a connection is private, if it is. */
  secured(socket: unknown): void {
    if (this.#secured || !(socket instanceof TLSSocket)) return;
    this.#secured = true;
    this.#onStep({
      kind: 'secured',
      protocol: socket.getProtocol() ?? 'TLS',
      certificate: certificateOf(socket),
    });
  }
}

function certificateOf(socket: TLSSocket): Certificate | null {
  const { subject, issuer, subjectaltname } = socket.getPeerCertificate();
  if (subject === undefined) return null;
  const name = subject.CN ?? subjectaltname ?? '?';
  return {
    name: String(name),
    issuer: String(issuer.O ?? issuer.CN ?? '?'),
    trusted: socket.authorized,
  };
}
