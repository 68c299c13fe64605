/** The handlers of `edge_auth_live` that are defined only where one of them runs. */
import { readEscapedUri } from './escaped-uri';
import { readEntry } from './live-file';
import { readChanged, readGuard, refuse } from './live-guard';
import { decide, drop, obey, readRequestSize, readServedUri, readTarget } from './remote-auth';

export default {
  decide,
  drop,
  obey,
  readChanged,
  readEntry,
  readEscapedUri,
  readGuard,
  readRequestSize,
  readServedUri,
  readTarget,
  refuse,
};
