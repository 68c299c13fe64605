/** Bodies of up to 64 KiB, each of which would take long where something is quadratic, or could be read otherwise in nginx than in Node. */
const SIZE = 65_536;

/** The longest that fits. */
function filled(make: (count: number) => string): string {
  let [low, high] = [1, SIZE];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Buffer.byteLength(make(middle)) <= SIZE) low = middle;
    else high = middle - 1;
  }
  return make(low);
}

const remote = (fields: object) => JSON.stringify({ remote_auth: { auth_server: 'http://a', ...fields } });
const signing = (fields: object) =>
  JSON.stringify({ url_signing: { type: 'A', key1: 'aPrimaryKey', ...fields } });
const fields = (count: number, start: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [start + i.toString(36), 0]));

export const longBodies: [string, string][] = (
  [
    ['open lists', (n) => '['.repeat(n)],
    ['open objects', (n) => '{"a":'.repeat(n)],
    ['a long list', (n) => `[${'0,'.repeat(n)}0]`],
    ['2,000 entries, and again', (n) => `{"a":[${`[${'0,'.repeat(1999)}0],`.repeat(n)}0]}`],
    ['many fields', (n) => JSON.stringify(fields(n, 'x'))],
    ['1,900 fields of a section', () => remote(fields(1900, 'timeout'))],
    ['1,900 fields of signing', () => signing(fields(1900, 'k'))],
    ['one field again and again', (n) => `{${'"a":0,'.repeat(n)}"a":0}`],
    ['1,900 times the same field, a line each', () => `{${'\n"a":0,'.repeat(1900)}"a":0}`],
    ['blank lines', (n) => `${'\n'.repeat(n)}{}`],
    ['spaces alone', (n) => ' '.repeat(n)],
    ['digits', (n) => '1'.repeat(n)],
    ['escapes', (n) => `{"$schema":"${'\\n'.repeat(n)}"}`],
    ['escaped pairs', (n) => `{"enabled":"${'\\ud83d\\ude00'.repeat(n)}"}`],
    ['escapes in a text that does not end', (n) => `{"a":"${'\\n'.repeat(n)}`],
    ['a text that does not end', (n) => `"${'a'.repeat(n)}`],
    ['a long text', (n) => `{"enabled":"${'a'.repeat(n)}"}`],
    ['emoji', (n) => `{"enabled":"${'😀'.repeat(n)}"}`],
    ['direction marks', (n) => `{"enabled":"${'\u202e'.repeat(n)}"}`],
    ['a long name', (n) => `{"${'a'.repeat(n)}":1}`],
    ['a long path', (n) => remote({ scope: { paths: ['/' + 'a'.repeat(n) + '..'] } })],
    ['a path of dots', (n) => remote({ scope: { paths: ['/' + 'a.'.repeat(n)] } })],
    ['a path of dots and spaces', (n) => remote({ scope: { paths: ['/' + '. '.repeat(n)] } })],
    ['1,900 climbing paths', () => remote({ scope: { paths: Array(1900).fill('/..') } })],
    ['many pasted paths', (n) => remote({ scope: { paths: '/a|'.repeat(n) } })],
    ['bars', (n) => remote({ keep_args: '|'.repeat(n) })],
    ['spaces in a pasted list', (n) => remote({ keep_headers: ' '.repeat(n) + 'x' })],
    ['1,900 empty names', () => remote({ keep_args: Array(1900).fill('') })],
    ['a long encoded name', (n) => remote({ keep_args: ['%41'.repeat(n)] })],
    ['pairs without a name', (n) => remote({ add_args: '|'.repeat(n) })],
    ['many pairs', (n) => remote({ add_args: Object.keys(fields(n, 'a')).join('=|') + '=' })],
    ['many variables', (n) => remote({ add_args: { a: '$host' + '$arg_a'.repeat(n) } })],
    ['spaces in a header', (n) => remote({ add_headers: { a: ' '.repeat(n) + 'x ' } })],
    ['a host of many labels', (n) => remote({ auth_server: 'http://' + 'a.'.repeat(n) })],
    ['a host of many numbers', (n) => remote({ auth_server: 'http://' + '1.'.repeat(n) })],
    ['a long IPv6 address', (n) => remote({ auth_server: `http://[${'1:'.repeat(n)}]` })],
    ['a long encoded address', (n) => remote({ auth_server: `http://a/${'%41'.repeat(n)}"` })],
    ['1,900 faulty servers', () => remote({ auth_server: Array(1900).fill('') })],
    ['a long file name', (n) => remote({ tls: { ca_file: 'a'.repeat(n) + '/' } })],
    ['a long server name', (n) => remote({ tls: { server_name: 'a-'.repeat(n) } })],
    ['many codes', (n) => remote({ success_status: '200,'.repeat(n) })],
    ['a long key', (n) => signing({ key1: 'é'.repeat(n) })],
    ['1,900 white paths', () => signing({ white_list: Object.keys(fields(1900, '/')) })],
  ] as [string, (count: number) => string][]
).map(([name, make]) => [name, filled(make)]);

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

export const oddBytes: [string, Buffer][] = [
  ['nothing but a broken byte', bytes([0xff])],
  ['a broken byte in a text', bytes('{"enabled":"', [0xff], '"}')],
  ['a broken byte in a name', bytes('{"ena', [0xc3], 'bled":1}')],
  ['a broken byte in the second line', bytes('{"enabled":true,\n "ä":"😀', [0x80], '"}')],
  ['half of a character at the end', bytes('{"enabled":false}', [0xe2, 0x82])],
  ['an overlong slash', bytes('{"$schema":"', [0xc0, 0xaf], '"}')],
  ['a surrogate in UTF-8', bytes('{"$schema":"', [0xed, 0xa0, 0x80], '"}')],
  ['a pair of surrogates in UTF-8', bytes('{"$schema":"', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], '"}')],
  ['beyond U+10FFFF', bytes('{"$schema":"', [0xf4, 0x90, 0x80, 0x80], '"}')],
  ['Latin-1', bytes('{"$schema":"', [0xe4, 0xf6, 0xfc], '"}')],
  ['a byte order mark', bytes([0xef, 0xbb, 0xbf], '{"enabled":false}')],
  ['UTF-16', Buffer.from('{"enabled":false}', 'utf16le')],
  ['NUL bytes', bytes('{"enabled":false}', [0, 0])],
  ['a NUL in a text', bytes('{"$schema":"a', [0], '"}')],
  ['the last character of Unicode', bytes('{"$schema":"\u{10ffff}","enabled":false}')],
];
