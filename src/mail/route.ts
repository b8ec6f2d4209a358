/** Where letters go. */
export type Route =
  | {
      readonly kind: 'smtp';
      readonly host: string;
      readonly port: number;
      /** `implicit`: TLS from the first byte (smtps); `offered`: STARTTLS when the server has it. */
      readonly tls: 'implicit' | 'offered';
      readonly login: { readonly user: string; readonly password: string } | null;
    }
  | { readonly kind: 'sendmail'; readonly path: string }
  | { readonly kind: 'maildir'; readonly path: string };
