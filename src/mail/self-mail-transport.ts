import { queueIdOf } from './queue-id.js';
import type { SelfMail } from './self-mail.js';
import type { Transport } from './transport/transport.js';

/** Registers each Message-ID before sending, so that the server's log lines about it are recognised as our own. */
export function selfMailTransport(transport: Transport, selfMail: SelfMail): Transport {
  return {
    async deliver(letter) {
      selfMail.sending(letter.messageId);
      const delivery = await transport.deliver(letter);
      const answer = delivery.kind === 'answered' ? delivery.answer : undefined;
      const queueId = answer === undefined ? null : queueIdOf(answer);
      if (queueId !== null) selfMail.answered(queueId);
      return delivery;
    },
    hurry: () => transport.hurry?.(),
    close: () => transport.close(),
  };
}
