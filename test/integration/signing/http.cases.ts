import { KEY1, type Site } from './site';
import type { Signer } from './signer';

const types = ['A', 'B'] as const;

/** A signature in the arguments, and one in front of the path. */
export const byType = types.map((type): [string, Signer] => [type, { type, key: KEY1 }]);

/** `a.test` with the methods of the default, `all-a.test` with POST and PUT; so for `b`. */
export const httpSites: Record<string, Site> = Object.fromEntries(
  types.flatMap((type): [string, Site][] => {
    const lines = `
      location / { proxy_pass http://origin; proxy_max_temp_file_size 0; }
      location /static/ { root /srv/www; }`;
    const domain = `${type.toLowerCase()}.test`;
    return [
      [domain, { signing: { type }, lines }],
      [`all-${domain}`, { signing: { type, methods: ['GET', 'POST', 'PUT'] }, lines }],
    ];
  }),
);

export const httpFiles = { '/srv/www/static/file.txt': '0123456789' };
