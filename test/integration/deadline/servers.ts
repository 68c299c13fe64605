/** A server {} for each domain, protected, with the origin behind it. It tells the origin which domain it is. `http2`: more lines. */
export function serversOf(domains: string[], originUrl: string, http2 = ''): string {
  return domains
    .map(
      (domain) => `
    server {
        listen 8080;
        ${http2}
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;
        location / {
            proxy_set_header X-Domain ${domain};
            proxy_pass ${originUrl};
        }
    }`,
    )
    .join('');
}
