/**
 * What nginx imports as `edge_auth`: the guard. With the njs engine each definition at the top of the bundle is paid on every request
 * that runs any handler, so the build adds those of `later.ts` in one function, called when one of them first runs.
 */
import { verify } from './url-signing';

export default { verify };
