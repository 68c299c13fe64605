import type { Caller } from './token';

/** One request's view of the edge: where things are, and who asks. */
export interface Edge {
  epoch: string;
  /** The folder of policies. */
  policies: string;
  /** The file that says what the loaded conf was rendered from. */
  rendered: string;
  /** Auth servers that may be set whatever they are; spaces between. */
  allowed: string;
  caller: Caller;
  requestId: string;
  clientAddress: string;
  method: string;
  /** Without the query. */
  path: string;
  /** Takes the line of the change log. */
  record: (line: string) => void;
  /** Takes what went wrong and did not stop the request. */
  warn: (error: unknown) => void;
}
