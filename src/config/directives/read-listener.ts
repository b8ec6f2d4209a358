import { splitWord } from '../read/source-text.js';
import type { Reader } from './directive.js';
import { listenAddress } from './value-kinds.js';

/** How messages come: as datagrams, or over connections. */
export type ListenTransport = 'udp' | 'tcp' | 'tls' | 'relp' | 'relp+tls';

export interface Listener {
  readonly transport: ListenTransport;
  readonly address: string;
  readonly port: number;
}

/** Whether its connections speak TLS. */
export function isSecured({ transport }: Listener): boolean {
  return transport === 'tls' || transport === 'relp+tls';
}

const TRANSPORTS: readonly ListenTransport[] = ['udp', 'tcp', 'tls', 'relp', 'relp+tls'];

/** An address to listen on, and how: UDP unless a word in front says otherwise. */
export const listener: Reader<Listener> = {
  grammar: '[udp:|tcp:|tls:|relp:|relp+tls:]ADDRESS:PORT',
  read(text, report, context) {
    const { word } = splitWord(text);
    const transport = TRANSPORTS.find((one) => word.text.startsWith(`${one}:`));
    const skipped = transport === undefined ? 0 : text.text.indexOf(word.text) + transport.length + 1;
    const place = { ...text.place, column: text.place.column + skipped };
    const read = listenAddress.read({ place, text: text.text.slice(skipped) }, report, context);
    return read && { transport: transport ?? 'udp', ...read };
  },
};
