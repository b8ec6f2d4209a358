import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';

/** Sends datagrams; when it resolves they lie in the kernel of whoever listens on this machine. */
export async function send(
  port: number,
  datagrams: readonly (string | Uint8Array)[],
  { to = '127.0.0.1', from }: { readonly to?: string; readonly from?: string } = {},
): Promise<void> {
  const socket = createSocket(to.includes(':') ? 'udp6' : 'udp4');
  if (from !== undefined) await new Promise<void>((resolve) => void socket.bind(0, from, resolve));
  for (const datagram of datagrams)
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, to, (error) => (error ? reject(error) : resolve()));
    });
  await new Promise<void>((resolve) => void socket.close(resolve));
}

/** Sends large datagrams from another process, while nobody here can read; when it returns all are sent. */
export function flood(port: number, to: string, datagrams: number): void {
  const script = `
    const socket = require('node:dgram').createSocket(process.argv[2].includes(':') ? 'udp6' : 'udp4');
    const text = 'x'.repeat(1400);
    let left = Number(process.argv[3]);
    const next = () => (left-- > 0 ? socket.send(text, Number(process.argv[1]), process.argv[2], next) : socket.close());
    next();`;
  execFileSync(process.execPath, ['-e', script, String(port), to, String(datagrams)]);
}
