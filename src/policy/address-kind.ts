import ipaddr from 'ipaddr.js';

export type AddressKind = 'loopback' | 'unspecified' | 'link_local' | 'metadata' | 'other';

/** a.b.c.d in decimal, without leading zeros. */
export function isIPv4(host: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(host);
}

/** Without brackets and zone. An IPv4 address at its end is written as one alone would be. */
export function isIPv6(host: string): boolean {
  const tail = host.slice(host.lastIndexOf(':') + 1);
  return !host.includes('%') && ipaddr.IPv6.isValid(host) && (!tail.includes('.') || isIPv4(tail));
}

/**
 * Where a host leads: to this very host, to its own link, or to a cloud's metadata service, which hands out credentials to whoever asks
 * from the host. `host` is as in AuthServer. An IPv6 address that carries an IPv4 address (mapped, compatible, translated, 6to4) counts as that one.
 * A name counts by its spelling; what it resolves to is not asked.
 */
export function addressKind(host: string): AddressKind {
  const name = host.toLowerCase();
  if (isIPv4(name)) return kindOfIPv4(name);
  const address = name.startsWith('[') ? name.slice(1, -1) : '';
  if (isIPv6(address)) return kindOfIPv6(ipaddr.IPv6.parse(address));
  if (/(?:^|\.)localhost\.?$/.test(name)) return 'loopback';
  return METADATA_NAME.test(name) ? 'metadata' : 'other';
}

const METADATA_NAME =
  /(?:^|\.)(?:metadata|metadata\.google\.internal|metadata\.goog|metadata\.tencentyun\.com|instance-data|instance-data\.ec2\.internal)\.?$/;
/** Those of Amazon, Google, Azure and others; of Amazon's containers; of Alibaba Cloud; the agent of Azure's virtual machines. */
const METADATA_IPV4 = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16'];
/** All that Amazon hands out in its machines; that of Google. */
const METADATA_IPV6: [string, number][] = [
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
];

function kindOfIPv4(text: string): AddressKind {
  if (METADATA_IPV4.includes(text)) return 'metadata';
  return kindOfRange(ipaddr.IPv4.parse(text).range());
}

function kindOfIPv6(address: ipaddr.IPv6): AddressKind {
  if (METADATA_IPV6.some(([from, bits]) => address.match(ipaddr.IPv6.parse(from), bits))) return 'metadata';
  const kind = kindOfRange(address.range());
  if (kind !== 'other') return kind;
  return (
    carried(address)
      .map(kindOfIPv4)
      .find((inner) => inner !== 'other') ?? 'other'
  );
}

/** As ipaddr.js calls them: 127.0.0.0/8 and ::1, 0.0.0.0/8 and ::, 169.254.0.0/16 and fe80::/10. */
function kindOfRange(range: string): AddressKind {
  if (range === 'linkLocal') return 'link_local';
  return range === 'loopback' || range === 'unspecified' ? range : 'other';
}

/** The IPv4 addresses that may be meant. */
function carried(address: ipaddr.IPv6): string[] {
  const { parts } = address;
  const from = (high: number | undefined, low: number | undefined) =>
    [high! >> 8, high! & 0xff, low! >> 8, low! & 0xff].join('.');
  const startsWith = (...beginning: number[]) => beginning.every((part, i) => parts[i] === part);
  const last = from(parts[6], parts[7]);
  const found: string[] = [];
  // ::ffff:a.b.c.d (mapped), ::ffff:0:a.b.c.d (translated), 64:ff9b::a.b.c.d (NAT64)
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0, 0, 0, 0, 0xffff, 0)) found.push(last);
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) found.push(last);
  // ::a.b.c.d (compatible); ::2 is none.
  if (startsWith(0, 0, 0, 0, 0, 0) && parts[6] !== 0) found.push(last);
  // A network's own NAT64 (RFC 8215): the prefix has 96 bits, or 48 with eight bits left out after the first half (RFC 6052).
  if (startsWith(0x64, 0xff9b, 1)) {
    const [, , , high = 0, middle = 0, low = 0] = parts;
    found.push(high === 0 ? last : from(high, ((middle & 0xff) << 8) | (low >> 8)));
  }
  if (startsWith(0x2002)) found.push(from(parts[1], parts[2]));
  return found;
}
