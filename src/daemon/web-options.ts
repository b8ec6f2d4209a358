import type { Config } from '../config/config.js';
import type { WebOptions } from '../mail/web/web-transport.js';

/** How a config says that URLs are spoken to. */
export function webOptions({
  webhookCa,
  webhookTokens,
  mailtimeout,
}: Config): Pick<WebOptions, 'ca' | 'tokens' | 'timeout'> {
  return { ca: webhookCa.value, tokens: webhookTokens, timeout: mailtimeout.value };
}
