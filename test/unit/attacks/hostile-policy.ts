import fc from 'fast-check';

const fragments = fc.constantFrom(
  ...[
    ';',
    '{',
    '}',
    '"',
    "'",
    '\\',
    '\n',
    '\r',
    '\0',
    '\t',
    ' ',
    '#',
    '$',
    '`',
    '|',
    '<',
    '>',
    '\u2028',
    '\u00a0',
  ],
  ...[
    '$host',
    '${host}',
    '$1',
    '$arg_a',
    '$http_a',
    '$cookie_a',
    '$edge_auth_decision',
    '${EDGE_AUTH_DOMAIN}',
  ],
  ...[
    '"; return 200; #',
    '}\nserver { return 200; }',
    ';include /etc/passwd;',
    "'; js_content a.b; '",
    '\\";',
    '\\',
  ],
  ...[
    '~',
    '~*',
    'default',
    'volatile',
    'hostnames',
    'include',
    '*',
    '/*',
    '..',
    '//',
    '(?i',
    '(',
    ')',
    '[',
    ']',
    '(a+)+$',
  ],
  ...[
    '%0a',
    '%00',
    '%22',
    '%3b',
    'a',
    'b',
    '.',
    '-',
    '_',
    '=',
    '&',
    '?',
    ':',
    '@',
    '+',
    '!',
    ',',
    '\u00e9',
    '\u{1f511}',
    'e\u0301',
  ],
);
const hostile = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fragments, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }).map((length) => 'a'.repeat(length)) },
);

/** `wild`: mostly harmless, sometimes the field's own letters at their oddest, now and then anything. `tame`: the twin's. */
interface Pair {
  wild: string;
  tame: string;
}
let count = 0;
const field = (
  letters: string,
  prefix: string,
  harmless = () => `${prefix}t${count++}`,
): fc.Arbitrary<Pair> => {
  const odd = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 40 });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .constant(null)
        .map(harmless)
        .map((tame) => ({ wild: tame, tame })),
    },
    {
      weight: 4,
      arbitrary: fc
        .oneof({ weight: 3, arbitrary: odd }, { weight: 1, arbitrary: hostile })
        .map((text) => ({ wild: text.startsWith(prefix) ? text : prefix + text, tame: harmless() })),
    },
  );
};
const capitals = () =>
  'M' + [...String(count++)].map((digit) => String.fromCharCode(65 + Number(digit))).join('');
const list = (entry: fc.Arbitrary<Pair>) =>
  fc.option(fc.array(entry, { minLength: 1, maxLength: 3 }), { nil: undefined });
const map = (name: fc.Arbitrary<Pair>, value: fc.Arbitrary<Pair>) =>
  fc.option(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 3 }), { nil: undefined });

const word = 'abcXYZ019-_.~';
const name = field(word + '%', '');
const header = field('abcXYZ019-_', 'X');
const filePath = field('aZ0_./@%+=,~-', '/');
const shape = fc.record({
  server: field('abc._~!&()*+,=:@/-%', 'http://auth.test/'),
  fileTypes: list(field(word, 'a')),
  paths: list(field('abZ !&()+,.:=@_~[]/-\u00e9\u4e2d\u0301', '/a')),
  methods: list(field('AZ', 'A', capitals)),
  keepArgs: list(name),
  keepHeaders: list(header),
  addArgs: map(name, field('ab $_"\'\\;{}#<>%&=|', 'a$arg_a')),
  addHeaders: map(header, field('ab $_!#%&()*+,-./:<=>?@[]^|~', 'a$cookie_a')),
  throttle: fc.option(
    field('0123456789km', '1', () => '1k'),
    { nil: undefined },
  ),
  caFile: fc.option(filePath, { nil: undefined }),
  timeout: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(1, 1000, 3000) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(-1, 1.5, '1;', 1e21) },
  ),
  append: fc.boolean(),
  preset: fc.constantFrom(undefined, 'tencent', 'alibaba'),
});

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function write(from: Shape, side: keyof Pair): object {
  const text = (pair: Pair | undefined) => pair?.[side];
  const texts = (pairs: Pair[] | undefined) => pairs?.map((pair) => pair[side]);
  const entries = (pairs: [Pair, Pair][] | undefined) =>
    pairs && Object.fromEntries(pairs.map(([key, value]) => [key[side], value[side]]));
  const server = text(from.server)!;
  return {
    remote_auth: {
      preset: from.preset,
      auth_server: from.caFile ? server.replace('http:', 'https:') : server,
      auth_path: from.append ? 'append' : 'fixed',
      scope: {
        file_types: texts(from.fileTypes),
        paths: texts(from.paths),
        exclude_file_types: texts(from.fileTypes)?.map((type) => `${type}x`),
        exclude_paths: texts(from.paths)?.map((path) => `${path}/x`),
        exclude_methods: texts(from.methods),
      },
      keep_args: texts(from.keepArgs),
      keep_headers: texts(from.keepHeaders),
      add_args: entries(from.addArgs),
      add_headers: entries(from.addHeaders),
      failure_action: from.throttle && { throttle: text(from.throttle) },
      timeout_ms: from.timeout,
      tls: from.caFile && { ca_file: text(from.caFile), server_name: 'auth.test' },
    },
  };
}

/** A policy full of hostile text, and its twin of the same shape with harmless words in the same places. */
export const hostilePolicies = shape.map((from) => ({
  wild: JSON.stringify(write(from, 'wild')),
  tame: JSON.stringify(write(from, 'tame')),
}));
