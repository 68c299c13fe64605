/** The handlers of `edge_auth` that are defined only where one of them runs. */
import { readClientUri, readEscapedUri } from './escaped-uri';
import { obey, rarely, readRequestSize, readServedUri, readTarget } from './remote-auth';

export default { obey, rarely, readClientUri, readEscapedUri, readRequestSize, readServedUri, readTarget };
