/** One question: what the policy says, what the client sends, and what the auth server must receive for it. */
export interface QuestionCase {
  name: string;
  /** `remote_auth` of the policy; `auth_server` is `{auth}/auth` unless given. */
  policy: { auth_server?: string | string[]; [field: string]: unknown };
  /** The client's request line and header lines. A Host line is put second unless there is one; `http2` sends no lines but these. */
  send: string[];
  body?: string;
  http2?: boolean;
  /**
   * The question's request line and all of its header lines, in order, to the byte; null: nobody may be asked.
   * `{auth}` is the auth server's host and port, `{domain}` the policy's domain, `{client}` the client's address.
   */
  receives: string[] | null;
  /** The engines read text, each in its way where there is none: all that is percent-encoded stands as `{octets}` in `receives`. */
  isUnreadable?: true;
  /** What the client gets. Default: 200 if somebody is asked. */
  status?: number;
}

/** Replaces `{name}` by the value of that name. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{([a-z0-9]+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** Policies that are written alike share a domain: `q0.test`, `q1.test`, and so on. */
export function assignDomains(cases: QuestionCase[]): Map<string, string> {
  const domains = new Map<string, string>();
  for (const { policy } of cases) {
    const text = JSON.stringify(policy);
    if (!domains.has(text)) domains.set(text, `q${domains.size}.test`);
  }
  return domains;
}

/** The bytes of a request, as latin1. */
export function requestBytes({ send, body }: QuestionCase, domain: string): string {
  const [line = '', ...headers] = send.map((text) => fill(text, { domain }));
  const hosts = headers.some((header) => /^host:/i.test(header)) ? [] : [`Host: ${domain}`];
  return [line, ...hosts, ...headers, '', body ?? ''].join('\r\n');
}
