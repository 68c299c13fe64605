// What the folder of policies must hold after the answers that came.
import type { Edge } from '../../harness/started-edge';
import { FOLDER } from '../contract/api-edge';
import type { Reply } from './lane';
import type { HostileRequest } from './requests';

/** ETag of what a lane put there last; `vendor`: its answer does not tell. */
type State = { etag: string } | 'vendor' | 'absent';

export class ExpectedFolder {
  /** For each domain what each lane that changed it since the last look did last. */
  private changed = new Map<string, Map<number, State>>();
  private files = new Map<string, string>();
  changes = 0;

  /** Takes in an answer. */
  note(lane: number, { bytes }: HostileRequest, { status, body }: Reply): void {
    if (status !== 200 && status !== 201) return;
    // As it went out: its line may have been spoilt.
    const [method, target = ''] = bytes.toString('latin1').split(' ', 2);
    if (method !== 'PUT' && method !== 'DELETE') return;
    const answer = JSON.parse(body) as { domain?: string; etag?: string };
    const domain = answer.domain ?? /\/v2\/domain\/([^/]+)\//.exec(target)![1]!.toLowerCase();
    const state =
      method === 'DELETE' ? 'absent' : answer.etag ? { etag: answer.etag.slice(1, -1) } : 'vendor';
    const states = this.changed.get(domain) ?? new Map<number, State>();
    this.changed.set(domain, states.set(lane, state));
    this.changes++;
  }

  /** While no request is under way. Gives what is wrong with the folder, and the policies that changed. */
  async look(edge: Edge): Promise<{ faults: string[]; texts: string[] }> {
    const now = await readFolder(edge);
    const faults = now.strays.map((name) => `a file that is none of a policy: ${name}`);
    const texts: string[] = [];
    for (const domain of new Set([...this.files.keys(), ...this.changed.keys(), ...now.files.keys()])) {
      const digest = now.files.get(domain);
      const states = this.changed.get(domain);
      const isExpected =
        states === undefined
          ? digest === this.files.get(domain)
          : [...states.values()].some((state) =>
              state === 'absent'
                ? digest === undefined
                : digest !== undefined && (state === 'vendor' || digest.startsWith(state.etag)),
            );
      if (!isExpected) faults.push(`${domain} is ${digest ?? 'absent'}, which no answer says`);
      if (now.live.get(domain) !== digest) faults.push(`the copy of ${domain} is of another policy`);
      if (digest !== undefined && digest !== this.files.get(domain)) texts.push(now.texts.get(domain)!);
    }
    this.files = now.files;
    this.changed = new Map();
    return { faults, texts };
  }

  domains(): string[] {
    return [...this.files.keys()];
  }
}

interface Found {
  /** Domain → SHA-256 of its policy. */
  files: Map<string, string>;
  texts: Map<string, string>;
  /** Domain → digest that its compiled copy names. */
  live: Map<string, string>;
  strays: string[];
}

const script = `cd ${FOLDER} && find . -type f | sort | while read -r name; do
  printf '%s %s ' "$name" "$(sha256sum < "$name" | cut -c1-64)"; base64 -w0 < "$name"; echo; done; find . ! -type f ! -type d`;

async function readFolder(edge: Edge): Promise<Found> {
  const found: Found = { files: new Map(), texts: new Map(), live: new Map(), strays: [] };
  const { stdout } = await edge.exec(script);
  for (const line of stdout.trim().split('\n').filter(Boolean)) {
    const [name = '', digest = '', base64 = ''] = line.split(' ');
    const text = Buffer.from(base64, 'base64').toString();
    const [, policy] = /^\.\/([^./][^/]*)\.json$/.exec(name) ?? [];
    const [, copy] = /^\.\/\.live\/([^./][^/]*)$/.exec(name) ?? [];
    if (policy !== undefined) {
      found.files.set(policy, digest);
      found.texts.set(policy, text);
    } else if (copy !== undefined) found.live.set(copy, text.slice(0, 64));
    else found.strays.push(name);
  }
  return found;
}
