import { DemoProblem } from './report.mjs';

export const usage = `npm run demo              start the edge, a sample auth server and a sample origin, and print lines to try
npm run demo -- --check   run the same lines, print the results, stop everything; exit code 1 if one fails
npm run demo -- --stop    stop what runs
npm run demo -- --help    print this

EDGE_AUTH_DEMO_ROUTE=nginx|container|install   one way to get an nginx, instead of the first that works
EDGE_AUTH_DEMO_IMAGE=name                      the nginx image of the container route`;

const actions = { '--check': 'check', '--stop': 'stop', '--help': 'help' };

/** What to do: run, check, stop or help. */
export function parseArguments(args) {
  if (args.length === 0) return { action: 'run' };
  const action = Object.hasOwn(actions, args[0]) ? actions[args[0]] : undefined;
  if (args.length > 1 || !action) {
    throw new DemoProblem(
      `expected --check, --stop, --help or nothing, received ${args.join(' ')}\n\n${usage}`,
    );
  }
  return { action };
}

const routes = ['nginx', 'container', 'install'];

/** The ways to get an nginx, in the order in which they are tried. */
export function parseRoute(wish) {
  if (!wish) return routes;
  if (!routes.includes(wish)) {
    throw new DemoProblem(`EDGE_AUTH_DEMO_ROUTE: expected ${routes.join(', ')} or nothing, received ${wish}`);
  }
  return [wish];
}
