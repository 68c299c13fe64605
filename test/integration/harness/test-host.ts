/** The name under which a container reaches the servers of the test process. */
export const TEST_HOST = 'edge-auth-host';
