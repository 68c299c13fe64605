import fc from 'fast-check';

const segment = fc.constantFrom(
  ...['', '.', '..', '...', '%2e', '%2E%2e', '.%2e', '%252e', '%2e%2e;', ';', ';x', '..;', '%3b'],
  ...['private', 'public', '%70rivate', 'PRIVATE', 'private.mp4', 'a', 'b%20c', '+', '*', '~', '_edge_auth'],
  ...[
    '%2f',
    '%2F..',
    '%5c',
    '\\',
    '%00',
    '%09',
    '%0d%0a',
    '%7f',
    '%',
    '%2',
    '%zz',
    '%25',
    '%23',
    '%3f',
    '%3F..',
  ],
  ...['#', '?', '?..', '&', '=', '|', '"', '<', '{', '^', '`', '$uri', '${uri}', "'"],
  ...['%c0%ae', '%c0%af', '%ff', '\xc3\xa9', '\xff', '\xc0\xae', '%e2%80%a5', '%u002e'],
);
const separator = fc.constantFrom('/', '/', '/', '/', '//', '%2f', '/./', '/../', '\\', '%5c', '');
const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((raw) =>
  Buffer.from(raw)
    .toString('latin1')
    .replace(/[\0-\x20\x7f]/g, '/'),
);

const structured = fc
  .array(fc.tuple(separator, segment), { minLength: 1, maxLength: 8 })
  .map((parts) => '/' + parts.flat().join('').replace(/^\//, ''));

const target = fc.oneof(
  { weight: 8, arbitrary: structured },
  { weight: 2, arbitrary: bytes.map((text) => `/${text}`) },
  {
    weight: 1,
    arbitrary: fc.tuple(structured, bytes).map(([path, text]) => `${path}/../${text}/..//private`),
  },
  { weight: 1, arbitrary: structured.map((path) => `http://append.test${path}`) },
);

/** Raw request targets that lean towards the parts of a path which parsers disagree about; 25 to a batch. */
export const targets = fc.array(target, { minLength: 25, maxLength: 25 });
