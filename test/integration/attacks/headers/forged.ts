/** What a client may claim about itself, its request or our verdict. None of it may reach the auth server as sent. */
export const claims = [
  'Forwarded',
  'X-Auth-Request-Redirect',
  'X-Edge-Auth',
  'X-Edge-Auth-Addr',
  'X-Edge-Auth-Decision',
  'X-Edge-Auth-Host',
  'X-Edge-Auth-Method',
  'X-Edge-Auth-Obeys',
  'X-Edge-Auth-Protocol',
  'X-Edge-Auth-Reason',
  'X-Edge-Auth-Scheme',
  'X-Edge-Auth-Status',
  'X-Edge-Auth-Uri',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Method',
  'X-Forwarded-Path',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Proto',
  'X-Forwarded-Scheme',
  'X-Forwarded-Server',
  'X-Forwarded-Ssl',
  'X-Forwarded-Uri',
  'X-Forwarded-User',
  'X-HTTP-Method',
  'X-HTTP-Method-Override',
  'X-Method-Override',
  'X-Original-Forwarded-For',
  'X-Original-Host',
  'X-Original-Method',
  'X-Original-URI',
  'X-Original-URL',
  'X-Real-IP',
  'X-Rewrite-URL',
];

/** Every spelling that a CGI-like auth server reads as the same name: each `-` may be `_`, in small, large and usual letters. */
export function spellings(name: string): string[] {
  const mixed = [...name].reduce<string[]>(
    (heads, letter) => heads.flatMap((head) => (letter === '-' ? [`${head}-`, `${head}_`] : [head + letter])),
    [''],
  );
  return mixed.flatMap((spelling, i) => [
    spelling,
    i % 2 === 0 ? spelling.toLowerCase() : spelling.toUpperCase(),
  ]);
}
