/** The handlers of `edge_auth_live` that are defined only where one of them runs. */
import { readClientUri, readEscapedUri } from './escaped-uri';
import { forget, isOver } from './forget';
import { readEntry } from './live-file';
import { readChanged, readGuard, refuse } from './live-guard';
import {
  decide,
  decideAndKeep,
  deny,
  readDenial,
  readRate,
  readVersion,
  unanswered,
  unansweredStale,
} from './live-remote';
import { drop, obey, readRequestSize, readServedUri, readTarget } from './remote-auth';

export default {
  decide,
  decideAndKeep,
  deny,
  drop,
  forget,
  isOver,
  obey,
  readChanged,
  readDenial,
  readEntry,
  readClientUri,
  readEscapedUri,
  readGuard,
  readRate,
  readRequestSize,
  readServedUri,
  readTarget,
  readVersion,
  refuse,
  unanswered,
  unansweredStale,
};
