const Sequencer = require('@jest/test-sequencer').default;

/**
 * Suites of a minute and more, the longest first: one of them that began last would run on alone. Jest knows durations only where
 * it ran before, and goes by the size of the file elsewhere.
 */
const LONG = [
  'exhaustion/connections',
  'inherited/inherited',
  'denial/denial',
  'exhaustion/statuses',
  'exhaustion/client-faults',
  'lifecycle/traffic',
  'watch/watch',
  'deadline/odd-clients',
  'live/remote-auth',
  'live/crash-steps',
  'deadline/deadline',
  'live/changes',
  'api/hostile/hostile',
  'live/crashes',
  'requests/requests',
  'failover/failover',
  'live/equality',
  'status/outcome',
  'status/status',
  'deadline/limits',
  'lifecycle/broken-parts',
  'policy-in-njs/policy-in-njs',
  'live/redirects',
  'live/memory',
  'cache/expiry',
  'api/store',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONG.findIndex((name) => path.endsWith(`test/integration/${name}.test.ts`));
      return place < 0 ? LONG.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
