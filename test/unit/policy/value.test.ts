import { accept, refuse } from './reading';

const valueOf = (a: string) => accept({ add_args: { a } }).addArgs[0]?.value;

describe('variables', () => {
  const vendors = [
    'http_host',
    'http_user_agent',
    'http_referer',
    'http_content_type',
    'remote_addr',
    'scheme',
  ];
  const vendorsToo = ['server_protocol', 'uri', 'args', 'request_method', 'request_uri'];
  test.each([
    ...vendors,
    ...vendorsToo,
    'arg_token',
    'arg_Token',
    'arg_a1_',
    'cookie_SID',
    'http_x_forwarded_for',
  ])('$%s is known', (variable) => {
    expect(valueOf('$' + variable)).toEqual([{ variable }]);
  });

  test.each([
    ["Alibaba's spelling of X-Forwarded-For", '$http_x_forward_for', [{ variable: 'http_x_forwarded_for' }]],
    ['a header in capitals', '$http_X_Token', [{ variable: 'http_x_token' }]],
    ['text around', 'a$uri b', [{ literal: 'a' }, { variable: 'uri' }, { literal: ' b' }]],
    ['two in a row', '$scheme$args', [{ variable: 'scheme' }, { variable: 'args' }]],
    ['a name that ends before a hyphen', '$arg_a-b', [{ variable: 'arg_a' }, { literal: '-b' }]],
    ['text only', 'ä €', [{ literal: 'ä €' }]],
    ['what conf would read otherwise, in an argument', 'a;"\'{}\\`', [{ literal: 'a;"\'{}\\`' }]],
    ['nothing', '', []],
  ])('%s', (_name, text, parts) => {
    expect(valueOf(text)).toEqual(parts);
  });

  test.each([
    ['$htp_host', '$http_host'],
    ['$remote_adr', '$remote_addr'],
    ['$Scheme', '$scheme'],
    ['$arg_', '$arg_NAME'],
    ['$http_', '$http_host'],
    ['$cookie_', '$cookie_NAME'],
    ['$host', '$http_host'],
    ['$user_agent', '$http_user_agent'],
    ['$1', '$uri'],
  ])('%s is refused, naming %s', (variable, hint) => {
    expect(refuse({ add_args: { a: variable } })).toEqual([
      `/remote_auth/add_args/a: expected a known variable instead of "${variable}" (did you mean "${hint}"?), received "${variable}"`,
    ]);
  });

  test.each(['$', 'a$', '$ uri', '${uri}', '$$', 'US$-5', '$ä'])(
    '%s is refused: a "$" must start a variable',
    (text) => {
      const [issue, ...more] = refuse({ add_args: { a: text } });
      expect(issue).toContain('expected a variable such as $arg_token after "$"');
      expect(more).toEqual([]);
    },
  );
});

describe('text of an added header', () => {
  const visible = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  const forbidden = ['"', "'", '`', ';', '{', '}', '\\', '$'];
  test.each(visible.map((char) => [char]))('%j', (char) => {
    const issues = refuse({ add_headers: { a: `x${char}-` } });
    expect(issues).toHaveLength(forbidden.includes(char) ? 1 : 0);
  });

  test.each(['\n', '\r', '\t', '\u0000', '\u007f', '\u0085', '\u2028', 'ä', '￿'])('refuses %j', (char) => {
    expect(refuse({ add_headers: { a: `x${char}y` } })).toHaveLength(1);
    expect(refuse({ add_headers: { a: `x${char}` } })).toHaveLength(1);
  });
});
