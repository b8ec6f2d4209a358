import { queueIdOf } from './queue-id.js';
import type { SelfMail } from './self-mail.js';
import type { Transport } from './transport/transport.js';

/** A transport whose letters are known to be ours before the mail server can log the first line of them. */
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
