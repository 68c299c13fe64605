import { isHostName } from '../policy/host-name';

/** With `.` and `.next` around it a domain still has to be a file's name, which has 255 bytes. */
const maxLength = 249;

/**
 * The domain of a path's segment, in lower case; undefined for what is no host name or can have no policy file. Nothing is decoded: a host
 * name has no character that needs it.
 */
export function readDomain(segment: string): string | undefined {
  if (segment.length > maxLength || !isHostName(segment)) return undefined;
  return segment.toLowerCase();
}
