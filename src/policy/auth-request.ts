/** What the auth request carries of the client's request: all that a verdict may depend on. */

import type { AddedField } from './lists';

export interface AuthRequest {
  authPath: 'fixed' | 'append';
  requestMethod: 'GET' | 'HEAD' | 'POST' | 'follow';
  keepArgs: 'all' | 'none' | string[];
  addArgs: AddedField[];
  keepHeaders: 'all' | 'none' | string[];
  addHeaders: AddedField[];
}
