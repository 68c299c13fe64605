import { KEY1, KEY2 } from './site';
import type { Format, Signer } from './signer';

const formats: Record<Signer['type'], Format[]> = {
  A: ['dec', 'hex'],
  B: ['dec', 'hex', 'yyyyMMDDhhmm'],
  C: ['dec', 'hex'],
  D: ['dec', 'hex'],
  F: ['dec', 'hex'],
};

interface RoundTrip {
  name: string;
  domain: string;
  signing: Record<string, unknown>;
  signer: Signer;
}

/** Every type with every timestamp format that it takes, both hashes, both keys, and both forms of type C. */
export const roundTrips: RoundTrip[] = Object.entries(formats).flatMap(([name, list]) =>
  list.flatMap((format) =>
    (['md5', 'sha256'] as const).flatMap((hash) =>
      Object.entries({ key1: KEY1, key2: KEY2 }).flatMap(([keyName, key]) =>
        (name === 'C' ? (['path', 'args'] as const) : [undefined]).map((form) => {
          const type = name as Signer['type'];
          return {
            name: [type, form, format, hash, keyName].filter(Boolean).join(' '),
            domain: `${type}-${format}-${hash}.test`.toLowerCase(),
            signing: { type, timestamp_format: format, hash },
            signer: { type, key, hash, format, ...(form && { form }) },
          };
        }),
      ),
    ),
  ),
);
