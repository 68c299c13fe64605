/** A server {} for each domain, protected, with the origin behind it. */
export function serversOf(domains: string[], originUrl: string): string {
  return domains
    .map(
      (domain) => `
    server {
        listen 8080;
        server_name ${domain};
        include edge-auth/servers/${domain}.conf;
        location / {
            proxy_pass ${originUrl};
        }
    }`,
    )
    .join('');
}
