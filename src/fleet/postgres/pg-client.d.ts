/** The client alone: the whole package would look at NODE_PG_FORCE_NATIVE, and load a pool. */
declare module 'pg/lib/client.js' {
  export { Client as default } from 'pg';
}
