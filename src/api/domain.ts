import { isHostName } from '../policy/host-name';

/** With `.json` behind it or `.` and `.tmp` around it, a domain still has to be a file's name, which has 255 bytes. */
const maxLength = 250;

/**
 * The domain of a path's segment, in lower case; undefined for what is no host name or can have no policy file. Nothing is decoded: a host
 * name has no character that needs it. `example.next` is out, since `.live/example.next` is where a change of `example` is prepared.
 */
export function readDomain(segment: string): string | undefined {
  if (segment.length > maxLength || !isHostName(segment)) return undefined;
  const domain = segment.toLowerCase();
  return /\.next$/.test(domain) ? undefined : domain;
}
