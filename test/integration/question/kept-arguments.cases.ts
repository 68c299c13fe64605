// keep_args.
import type { QuestionCase } from './question-case';

const long = 'l='.padEnd(8192, 'abcdefghi/%20');

function row(name: string, keep_args: unknown, query: string, receives: string): QuestionCase {
  return {
    name,
    policy: { keep_headers: 'none', ...(keep_args !== undefined && { keep_args }) },
    send: [`GET /v${query} HTTP/1.1`],
    receives: [`GET /auth${receives} HTTP/1.1`, 'Host: {auth}'],
  };
}

const list = ['token', 'user'];

export const keptArguments: QuestionCase[] = [
  row('keeps all arguments by default', undefined, '?b=2&a=1', '?b=2&a=1'),
  row('keeps all arguments', 'all', '?b=2&a=1', '?b=2&a=1'),
  row(
    'all: keeps a query of any shape to the byte',
    'all',
    '?&&a&=b&c==&%zz&+%2B/?',
    '?&&a&=b&c==&%zz&+%2B/?',
  ),
  row('all: keeps a query of quotes and brackets', 'all', '?"<>[]{}|\\^`=\'1', '?"<>[]{}|\\^`=\'1'),
  row('all: drops a ? alone', 'all', '?', ''),
  row('all: adds no ?', 'all', '', ''),
  row('all: keeps 8 KB', 'all', `?${long}`, `?${long}`),
  row('none: drops all arguments', 'none', '?b=2&a=1', ''),
  row('none: drops a ? alone', 'none', '?', ''),
  row('none: drops 8 KB', 'none', `?${long}`, ''),
  row('list: keeps what is listed', list, '?x=0&user=u&y&token=t&z=', '?user=u&token=t'),
  row('list: drops everything else', list, '?x=0&y&z=', ''),
  row('list: is case-sensitive', list, '?Token=1&TOKEN=2&token=3', '?token=3'),
  row(
    'list: keeps repeated arguments in order',
    list,
    '?token=2&user=u&token=1&token=3',
    '?token=2&user=u&token=1&token=3',
  ),
  row('list: takes %74oken for token, as it came', list, '?%74oken=%41', '?%74oken=%41'),
  row('list: keeps an empty value', list, '?token=&user=', '?token=&user='),
  row('list: keeps a name without =', list, '?user&token&x', '?user&token'),
  row('list: keeps more = in a value', list, '?token=a=b==', '?token=a=b=='),
  row('list: keeps the encoding of a value', list, '?token=%2b+%26%zz/?%e4', '?token=%2b+%26%zz/?%e4'),
  row('list: drops a name that cannot be decoded', list, '?%zz=1&%ff=2&token%=3&token=4', '?token=4'),
  row('list: drops nameless arguments', list, '?=1&&=&token=1&', '?token=1'),
  row('list: adds no ? for a ? alone', list, '?', ''),
  row('list: keeps one of 8 KB', list, `?x=1&token=${long}`, `?token=${long}`),
  row('list: takes a ; for a part of a value', list, '?x=1;token=2&token=3;user=4', '?token=3;user=4'),
  row(
    'list: keeps an encoded name that is listed otherwise encoded',
    ['%c3%A9', 'a.b~c'],
    '?%C3%a9=1&%25C3%25A9=2&a.b~c=3&aXb~c=4',
    '?%C3%a9=1&a.b~c=3',
  ),
  row('list: is fooled by no name of an object', list, '?__proto__=1&constructor=2&toString=3', ''),
  row(
    'list: reads the form of a console, "user|token"',
    'user|token',
    '?x=0&user=u&token=t',
    '?user=u&token=t',
  ),
];
