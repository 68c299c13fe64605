import { isIPv4 as isIPv4InNode, isIPv6 as isIPv6InNode } from 'node:net';
import fc from 'fast-check';
import { isIPv4, isIPv6 } from '../../../src/policy/address-kind';
import { addressKind } from '../../../src/policy/auth-server';

describe('an address leads to', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['126.255.255.255', 'other'],
    ['128.0.0.0', 'other'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['1.0.0.0', 'other'],
    ['169.254.0.1', 'link_local'],
    ['169.254.255.255', 'link_local'],
    ['169.253.255.255', 'other'],
    ['169.255.0.0', 'other'],
    ['169.254.169.254', 'metadata'],
    ['169.254.169.253', 'link_local'],
    ['169.254.170.2', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['100.100.100.201', 'other'],
    ['10.0.0.1', 'other'],
    ['192.168.0.1', 'other'],
    ['[::1]', 'loopback'],
    ['[0:0:0:0:0:0:0:1]', 'loopback'],
    ['[::]', 'unspecified'],
    ['[::2]', 'other'],
    ['[fe80::1]', 'link_local'],
    ['[febf:ffff::]', 'link_local'],
    ['[fec0::]', 'other'],
    ['[fd00:ec2::254]', 'metadata'],
    ['[FD00:EC2:0:0::254]', 'metadata'],
    ['[fd00:ec2::23]', 'metadata'],
    ['[fd00:ec3::254]', 'other'],
    ['[fd20:ce::254]', 'metadata'],
    ['[fd20:ce::255]', 'other'],
    ['168.63.129.16', 'metadata'],
    ['metadata.goog', 'metadata'],
    ['metadata.tencentyun.com', 'metadata'],
    ['metadata.example.com', 'other'],
    ['[2001:db8::1]', 'other'],
  ])('%s: %s', (host, kind) => {
    expect(addressKind(host)).toBe(kind);
  });
});

describe('an IPv6 address that carries an IPv4 address leads where that one does', () => {
  test.each([
    ['mapped', '[::ffff:127.0.0.1]', 'loopback'],
    ['mapped, in hexadecimal', '[::ffff:7f00:1]', 'loopback'],
    ['mapped, in full', '[0:0:0:0:0:FFFF:A9FE:A9FE]', 'metadata'],
    ['mapped', '[::ffff:0.0.0.0]', 'unspecified'],
    ['mapped', '[::ffff:169.254.1.1]', 'link_local'],
    ['mapped', '[::ffff:192.0.2.1]', 'other'],
    ['compatible', '[::127.0.0.1]', 'loopback'],
    ['compatible, in hexadecimal', '[::a9fe:a9fe]', 'metadata'],
    ['translated', '[::ffff:0:127.0.0.1]', 'loopback'],
    ['NAT64', '[64:ff9b::169.254.169.254]', 'metadata'],
    ['NAT64', '[64:ff9b::10.0.0.1]', 'other'],
    ["a network's own NAT64", '[64:ff9b:1::127.0.0.1]', 'loopback'],
    ["a network's own NAT64", '[64:ff9b:1::10.0.0.1]', 'other'],
    ["a network's own NAT64 of 48 bits", '[64:ff9b:1:a9fe:a9:fe00::]', 'metadata'],
    ['6to4', '[2002:7f00:1::1]', 'loopback'],
    ['6to4', '[2002:6464:64c8::]', 'metadata'],
    ['6to4', '[2002:c000:201::]', 'other'],
  ])('%s: %s', (_name, host, kind) => {
    expect(addressKind(host)).toBe(kind);
  });
});

describe('a name leads to', () => {
  test.each([
    ['localhost', 'loopback'],
    ['LOCALHOST', 'loopback'],
    ['localhost.', 'loopback'],
    ['a.localhost', 'loopback'],
    ['notlocalhost', 'other'],
    ['localhost.example.com', 'other'],
    ['metadata.google.internal', 'metadata'],
    ['Metadata.Google.Internal.', 'metadata'],
    ['a.metadata.google.internal', 'metadata'],
    ['metadata', 'metadata'],
    ['a.metadata', 'metadata'],
    ['instance-data', 'metadata'],
    ['instance-data.ec2.internal', 'metadata'],
    ['metadata.example.com', 'other'],
    ['mymetadata', 'other'],
    ['auth.example.com', 'other'],
    ['127.0.0.1.example.com', 'other'],
  ])('%s: %s', (host, kind) => {
    expect(addressKind(host)).toBe(kind);
  });
});

describe('an address is written as Node takes it', () => {
  test.each(['127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.01', '1.2.3.4.', '256.0.0.1', ''])(
    '%j is no IPv4 address',
    (text) => {
      expect([isIPv4(text), isIPv4InNode(text)]).toEqual([false, false]);
    },
  );

  const piece = fc.constantFrom(
    '::',
    ':',
    '0',
    '00001',
    'ffff',
    'fffff',
    'abc',
    'g',
    '.',
    '1.2.3.4',
    '01.2.3.4',
    '1:2:3:',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
    fc.ipV6(),
    fc.ipV4(),
    fc.ipV4Extended(),
  );
  test('whatever the text', () => {
    fc.assert(
      fc.property(text, (address) => {
        expect([isIPv4(address), isIPv6(address)]).toEqual([isIPv4InNode(address), isIPv6InNode(address)]);
      }),
      { numRuns: 5000, seed: 1 },
    );
  });
});
