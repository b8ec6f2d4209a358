import { isIPv6 } from 'node:net';

/** As the config writes it: `listen 127.0.0.1:514`, `listen [::1]:514`. */
export function nameListener({ address, port }: { readonly address: string; readonly port: number }): string {
  return `listen ${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
