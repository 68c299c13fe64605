import { parseArguments, parseRoute } from '../../../demo/arguments.mjs';

describe('the arguments of npm run demo', () => {
  test.each([
    ['starts the demo without arguments', [], 'run'],
    ['checks with --check', ['--check'], 'check'],
    ['stops with --stop', ['--stop'], 'stop'],
    ['explains with --help', ['--help'], 'help'],
  ])('%s', (_name, args, action) => {
    expect(parseArguments(args)).toEqual({ action });
  });

  test.each([
    ['an unknown option', ['--chek']],
    ['a word', ['check']],
    ['two options', ['--check', '--stop']],
    ['the name of a property of every object', ['constructor']],
  ])('refuses %s and says what is known', (_name, args) => {
    expect(() => parseArguments(args)).toThrow(
      `expected --check, --stop, --help or nothing, received ${args.join(' ')}`,
    );
  });
});

describe('EDGE_AUTH_DEMO_ROUTE', () => {
  test.each([
    ['tries all ways when it is unset', undefined, ['nginx', 'container', 'install']],
    ['tries all ways when it is empty', '', ['nginx', 'container', 'install']],
    ['tries one way when it names one', 'container', ['container']],
  ])('%s', (_name, wish, routes) => {
    expect(parseRoute(wish)).toEqual(routes);
  });

  test('refuses another word', () => {
    expect(() => parseRoute('docker')).toThrow(
      'EDGE_AUTH_DEMO_ROUTE: expected nginx, container, install or nothing, received docker',
    );
  });
});
