/** The handlers of `edge_auth` that are defined only where one of them runs. */
import { readEscapedUri } from './escaped-uri';
import { obey, rarely, readRequestSize, readServedUri, readTarget } from './remote-auth';

export default { obey, rarely, readEscapedUri, readRequestSize, readServedUri, readTarget };
