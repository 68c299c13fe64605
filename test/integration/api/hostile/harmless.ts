// Bodies that the API takes. Between them they have every field, so that what is rendered from them has every directive of ours.

/** In every key that is ever sent; in no other value. Letters and digits, since the vendor's keys are. */
export const KEY_MARK = 'Zq7Key9Mark';

const scope = {
  file_types: ['mp4', 'flv'],
  paths: ['/video/*', '/a.mp4'],
  exclude_paths: ['/open/*'],
  exclude_methods: ['OPTIONS'],
  case_sensitive: false,
};
const excluded = { exclude_file_types: 'jpg|png', exclude_paths: '/favicon.ico' };

export const policies: object[] = [
  { url_signing: { type: 'A', key1: `${KEY_MARK}-one` } },
  {
    $schema: './policy.schema.json',
    enabled: true,
    url_signing: {
      preset: 'baidu',
      type: 'B',
      key1: `${KEY_MARK}1`,
      key2: `x${KEY_MARK}2`,
      timeout: 300,
      white_list: ['/crossdomain.xml', '/open/*'],
      timestamp_format: 'yyyyMMDDhhmm',
      time_zone: '+00:00',
      keep_args_for_origin: true,
      max_future: 60,
      deny_status: 404,
      methods: ['GET', 'HEAD', 'OPTIONS'],
      vendor_error_header: true,
    },
  },
  {
    url_signing: {
      type: 'C',
      key1: `${KEY_MARK}%c`,
      sign_arg: 'sign',
      time_arg: 't',
      timestamp_format: 'hex',
      hash: 'sha256',
      scope,
    },
  },
  {
    url_signing: {
      preset: 'tencent',
      type: 'd',
      SecretKey: `${KEY_MARK}~d`,
      BackupSecretKey: `b${KEY_MARK}`,
      SignParam: 's',
      TimeParam: 't',
    },
  },
  {
    url_signing: {
      preset: 'alibaba',
      auth_type: 'type_f',
      auth_key1: `${KEY_MARK}=f`,
      ali_auth_delta: '600',
    },
  },
  { url_signing: { type: 'F', key1: `${KEY_MARK}#f`, timeout: 0, scope: excluded } },
  { url_signing: false },
  { enabled: false, url_signing: { type: 'A', key1: `${KEY_MARK}-off` } },
  { remote_auth: { auth_server: 'http://203.0.113.7:8080/auth' } },
  {
    remote_auth: {
      auth_server: ['http://203.0.113.7:8080/auth', 'http://203.0.113.8:8080/auth'],
      auth_path: 'append',
      request_method: 'follow',
      scope,
      keep_args: ['user', 'token'],
      add_args: { token: '$arg_token', vendor: 'edge', ip: 'x-$remote_addr' },
      keep_headers: ['authorization', 'cookie'],
      add_headers: { 'X-Real-IP': '$remote_addr', 'X-Site': 'site one' },
      success_status: [200, 206],
      failure_status: ['4xx'],
      other_status: 'deny',
      failure_action: { throttle: '64k' },
      timeout_ms: 1500,
      timeout_action: 'allow',
    },
  },
  {
    remote_auth: {
      preset: 'tencent',
      auth_server: 'https://203.0.113.7/auth',
      tls: { verify: true, server_name: 'auth.example.net' },
      keep_args: 'none',
      keep_headers: 'none',
      failure_action: { deny: 451 },
    },
    url_signing: { type: 'A', key1: `${KEY_MARK}-both` },
  },
  {
    remote_auth: {
      preset: 'alibaba',
      auth_server: 'http://203.0.113.9',
      request_method: 'POST',
      add_args: 'token=$arg_token|vendor=ali_cdn',
      add_headers: 'User-Agent=$http_user_agent|vendor=ali_cdn',
      keep_args: 'user|token',
      keep_headers: 'user_agent|referer',
      success_status: '200,206',
      failure_status: '403',
      scope: excluded,
      timeout_ms: 3000,
    },
  },
];

export const vendorBodies: object[] = [
  {
    requestAuth: {
      type: 'c',
      key1: `${KEY_MARK}v1`,
      key2: `v2${KEY_MARK}`,
      timeout: 300,
      whiteList: ['/crossdomain.xml'],
      signArg: 'sign',
      timeArg: 't',
    },
  },
  {
    requestAuth: {
      type: 'B',
      key1: `${KEY_MARK}v3`,
      delAuthKey: true,
      timeout: 1800,
      timestampMetric: 'yyyyMMDDhhmm',
    },
  },
  {
    requestAuth: {
      type: 'A',
      key1: `${KEY_MARK}v4`,
      delAuthKey: false,
      timestampMetric: 10,
      timestampFormat: 'dec',
    },
  },
  { requestAuth: [] },
];

export const questions: object[] = [
  { url: '/video/a.mp4?auth_key=1700000000-0-0-cffb9a1d4a848060cfa2078e4884b54a' },
  { url: 'https://www.example.com/202311142243/cffb9a1d4a848060cfa2078e4884b54a/a.mp4?x=1', method: 'HEAD' },
  {
    url: '/a?sign=cffb9a1d4a848060cfa2078e4884b54a&t=655400a0',
    method: 'GET',
    at: '2023-11-14T22:43:20Z',
  },
  { url: '/open/x', at: 1700000000 },
];
