/** The policies of the golden files: every default, one vendor's behaviour, and every field set. */
export const goldenPolicies: Record<string, object> = {
  'default.example.com': { remote_auth: { auth_server: 'http://auth.example.com/auth' } },
  'tencent.example.com': {
    remote_auth: {
      preset: 'tencent',
      auth_server: ['http://10.0.0.1:8080/check/', 'http://[2001:db8::1]:8080/check/'],
      timeout_ms: 30000,
    },
  },
  'alibaba.example.com': {
    $schema: '../policy.schema.json',
    enabled: true,
    remote_auth: {
      preset: 'alibaba',
      auth_server: [
        'https://auth1.example.com/auth%20it',
        'https://auth2.example.com:8443/auth%20it',
        'https://[2001:db8::2]/auth%20it',
      ],
      auth_path: 'append',
      request_method: 'POST',
      scope: {
        file_types: ['mp4', '.tar.gz'],
        paths: ['/video/*', '/a (b) [c].txt', '/é'],
        exclude_file_types: 'css|js',
        exclude_paths: ['/public/*', '/health'],
        exclude_methods: ['OPTIONS', 'HEAD'],
        case_sensitive: false,
      },
      keep_args: ['user', 'to%6ben', 'a b/c'.replace(' ', '%20').replace('/', '%2F')],
      add_args: {
        token: '$arg_token',
        vendor: 'ali "cdn" <é> $scheme;}',
        'x%2Fy': '$request_uri$http_x_forward_for',
      },
      keep_headers: ['user_agent', 'Cookie', 'host'],
      add_headers: {
        'X-Token': 'v1:$arg_token,$arg_Token',
        'X-Long': '$arg_a_rather_long_argument_name',
        Referer: '$http_referer$cookie_a $uri',
      },
      success_status: [200, 206, '3xx'],
      failure_status: '401,403,4xx',
      other_status: 'allow',
      failure_action: { throttle: '64k' },
      timeout_ms: 3000,
      timeout_action: 'allow',
      tls: {
        verify: false,
        ca_file: '/etc/ssl/auth-ca.pem',
        server_name: 'Auth.Example.com',
        client_certificate: '/etc/ssl/edge.pem',
        client_key: '/etc/ssl/edge.key',
      },
    },
  },
  'signed.example.com': { url_signing: { type: 'A', key1: 'golden-key-1' } },
  'path.example.com': {
    url_signing: {
      preset: 'alibaba',
      type: 'B',
      key1: 'golden-key-1',
      key2: 'golden_key|2',
      hash: 'sha256',
      white_list: ['/crossdomain.xml', '/open/*'],
      deny_status: 404,
      vendor_error_header: true,
    },
    remote_auth: { auth_server: 'http://auth.example.com/auth', auth_path: 'append' },
  },
  'either.example.com': {
    url_signing: {
      preset: 'baidu',
      type: 'C',
      key1: 'golden-key-1',
      scope: { file_types: 'mp4|flv', exclude_methods: ['OPTIONS'] },
      methods: ['GET'],
    },
  },
  'kept.example.com': { url_signing: { preset: 'tencent', type: 'D', key1: 'golden-key-1' } },
  'off.example.com': { enabled: false },
};

/** Policies with a decision cache: every default, one behind a signature, and every field set. */
export const cachedGoldenPolicies: Record<string, object> = {
  'cached.example.com': {
    remote_auth: {
      auth_server: 'http://auth.example.com/auth',
      keep_headers: 'none',
      cache: { allow_ttl: 60 },
    },
  },
  'cached-signed.example.com': {
    url_signing: { preset: 'tencent', type: 'D', key1: 'golden-key-1' },
    remote_auth: {
      auth_server: 'http://auth.example.com/auth',
      keep_headers: ['Cookie'],
      keep_args: ['user'],
      cache: { allow_ttl: 60, deny_ttl: 5, key: ['path', 'arg:user', 'header:Cookie'] },
    },
  },
  'stale.example.com': {
    remote_auth: {
      auth_server: 'http://auth.example.com/auth',
      keep_headers: ['Authorization', 'If-None-Match', 'Range'],
      keep_args: 'none',
      scope: { paths: ['/video/*'] },
      failure_action: { throttle: '64k' },
      timeout_action: 'allow',
      timeout_ms: 3000,
      cache: {
        allow_ttl: 86400,
        deny_ttl: 1,
        stale_if_error: 3600,
        key: ['client_ip', 'cookie:session', 'header:Authorization'],
        shared: true,
        respect_cache_control: true,
        lock_timeout_ms: 500,
        version: 2,
      },
    },
  },
};
