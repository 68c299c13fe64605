/** What somebody may have filled a template with: a setting of ask/<domain>.conf, and the value in place of the rendered one. */
export const brokenValues: [setting: string, value: string][] = [
  ['success_status', 'abc'],
  ['success_status', ''],
  ['success_status', '2xx,304'],
  ['success_status', '${EDGE_AUTH_SUCCESS_STATUS}'],
  ['failure_status', '9xx'],
  ['failure_status', '401 40'],
  ['other_status', 'maybe'],
  ['other_status', ''],
  ['other_status', 'ALLOW'],
  ['failure_action', 'open'],
  ['failure_action', ''],
];
