/** The handlers of `edge_auth` that are defined only where one of them runs. */
import { readEscapedUri } from './escaped-uri';
import { decide, drop, obey, readRequestSize, readServedUri, readTarget } from './remote-auth';

export default { decide, drop, obey, readEscapedUri, readRequestSize, readServedUri, readTarget };
