/** What nginx imports as `edge_auth`. With the njs engine each name here is paid on every request: no more than are used. */
import { decide, drop, obey, readRequestSize, readServedUri, readTarget } from './remote-auth';
import { readEscapedUri, verify } from './url-signing';

export default { decide, drop, obey, readRequestSize, readServedUri, readTarget, readEscapedUri, verify };
