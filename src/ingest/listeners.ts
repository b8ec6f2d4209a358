import type { Config } from '../config/config.js';
import { isSecured } from '../config/directives/read-listener.js';
import { Connections } from '../source/push/connection-limits.js';
import {
  type CertificateFiles,
  type ListenCertificate,
  readListenCertificate,
} from '../source/push/listen-certificate.js';
import type { Receiver } from '../source/push/receiver.js';
import { SenderNames, type SenderNamesOptions } from '../source/push/sender-names.js';
import type { PrefixReading } from '../source/push/sent-lines.js';
import type { StreamReceiver } from '../source/push/stream-listener.js';
import type { CountingBuffer } from './counting-buffer.js';
import { maxConnections } from './descriptors.js';
import type { IngestEvent } from './event.js';
import type { WantedReceiver } from './wanted-receivers.js';

/** How lines of senders are read, and whether those with a certificate may speak for themselves alone. */
export interface SenderReading extends PrefixReading {
  isBound(): boolean;
}

type WantedListener = WantedReceiver & { readonly kind: 'listen' };

/** A certificate, and the files that it was read from. */
interface KnownCertificate {
  readonly files: CertificateFiles;
  readonly certificate: ListenCertificate;
}

export interface ListenersOptions extends SenderNamesOptions {
  onEvent(event: IngestEvent): void;
}

/** What all listeners share: names of senders, bounds for connections, the certificate. */
export class Listeners {
  readonly #options: ListenersOptions;
  readonly #names: SenderNames;
  readonly #connections = new Connections(maxConnections());
  readonly #secured = new Set<StreamReceiver>();
  #known: KnownCertificate | null = null;

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.#names = new SenderNames(options);
  }

  /**
   * Reads the certificate that a config names; null, or in words why it cannot be used. The one that was read before
   * stays where only this user may not read it: it was read as root.
   */
  readCertificate(config: Config): string | null {
    const files = certificateFiles(config);
    if (!files) return null;
    const read = readListenCertificate(files);
    if (read.kind === 'read') {
      this.#known = { files, certificate: read.certificate };
      return null;
    }
    if (read.kind === 'bad' || !this.#known || JSON.stringify(this.#known.files) !== JSON.stringify(files))
      return read.reason;
    this.#options.onEvent({ kind: 'source', event: { kind: 'certificate-kept', reason: read.reason } });
    return null;
  }

  /** From now on listeners that are open show the certificate that was read last. */
  renew(): void {
    const { certificate } = this.#known ?? {};
    if (certificate) for (const listener of this.#secured) listener.renew(certificate);
  }

  async open(wanted: WantedListener, reading: SenderReading, buffer: CountingBuffer): Promise<Receiver> {
    return wanted.transport === 'udp'
      ? await this.#openSocket(wanted, reading, buffer)
      : await this.#openStream({ ...wanted, transport: wanted.transport }, reading, buffer);
  }

  async #openSocket(
    wanted: WantedListener,
    reading: SenderReading,
    buffer: CountingBuffer,
  ): Promise<Receiver> {
    const { openSyslogSocket } = await import('../source/push/syslog-socket.js');
    return await openSyslogSocket({
      ...wanted,
      ...reading,
      names: this.#names,
      onLines: (lines) => buffer.push(lines),
      onDropped: (datagrams) => buffer.addDropped(datagrams),
      onEvent: (event) => this.#options.onEvent({ kind: 'source', event }),
    });
  }

  async #openStream(
    wanted: WantedListener & { readonly transport: Exclude<WantedListener['transport'], 'udp'> },
    reading: SenderReading,
    buffer: CountingBuffer,
  ): Promise<Receiver> {
    const { openStreamListener } = await import('../source/push/stream-listener.js');
    const certificate = isSecured(wanted) ? (this.#known?.certificate ?? null) : null;
    const listener = await openStreamListener({
      ...wanted,
      ...reading,
      certificate,
      names: this.#names,
      clock: this.#options.clock,
      connections: this.#connections,
      sink: buffer,
      onRepeatable: (messages) => buffer.addRepeatable(messages),
      onEvent: (event) => this.#options.onEvent({ kind: 'source', event }),
    });
    if (!certificate) return listener;
    this.#secured.add(listener);
    return {
      poll: () => listener.poll(),
      state: () => listener.state(),
      close: async () => {
        this.#secured.delete(listener);
        await listener.close();
      },
    };
  }
}

/** null: no listener needs one. */
function certificateFiles({ listen, listenCert, listenKey, listenCa }: Config): CertificateFiles | null {
  const cert = listenCert.value;
  if (cert === null || !listen.some(({ value }) => isSecured(value))) return null;
  return { cert, key: listenKey.value ?? cert, ca: listenCa.value };
}
