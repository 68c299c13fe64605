import { createCA, createCert } from 'mkcert';
import { TEST_HOST } from '../harness/test-host';

export interface Pair {
  key: string;
  cert: string;
}

export interface Certificates {
  /** The authority that signed `server` and `client`. */
  authority: Pair;
  /** An authority that signed nothing that the tests show. */
  stranger: Pair;
  server: Pair;
  client: Pair;
  /** Signed by `stranger`. */
  forgedClient: Pair;
}

const subject = { countryCode: 'XX', state: 'none', locality: 'none', validity: 2 };

/** Made anew for each run: nothing secret is kept in the repository. */
export async function makeCertificates(): Promise<Certificates> {
  const [authority, stranger] = await Promise.all(
    ['edge-auth tests', 'somebody else'].map((organization) => createCA({ organization, ...subject })),
  );
  if (!authority || !stranger) throw new Error('expected two authorities');
  const signed = (ca: Pair, domain: string): Promise<Pair> =>
    createCert({ ca, domains: [domain], validity: 2 });
  const [server, client, forgedClient] = await Promise.all([
    signed(authority, TEST_HOST),
    signed(authority, 'edge.test'),
    signed(stranger, 'edge.test'),
  ]);
  return { authority, stranger, server, client, forgedClient };
}
