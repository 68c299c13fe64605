/** Two projects: `unit` needs nothing but Node, `integration` needs the runtimes that test/setup prepares. */
module.exports = {
  // Starting a container takes seconds on a busy machine. (!) Jest takes this from here only, not from a project.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/setup/longest-first.cjs',
  projects: [
    {
      displayName: 'unit',
      testMatch: ['<rootDir>/test/unit/**/*.test.ts'],
      testEnvironment: 'node',
      // The pure parts of demo/ are .mjs.
      transform: { '\\.m?[jt]sx?$': 'babel-jest' },
    },
    {
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      testEnvironment: 'node',
      globalSetup: '<rootDir>/test/setup/global-setup.ts',
      globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
    },
  ],
};
