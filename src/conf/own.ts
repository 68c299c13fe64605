/** What keeps the settings of the operator's http {} out of our servers and locations. */

import type { Fill, TemplateValues } from './template';

/** What keeps inherited settings out of the decider's servers, and out of each location that asks. */
export const ownLines = (fill: Fill): TemplateValues => ({
  EDGE_AUTH_OWN: fill('server/own.conf', {}),
  EDGE_AUTH_PROXY: fill('location/proxy.conf', {}),
});
