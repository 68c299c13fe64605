/** Leaves out the maps and js_set lines of http.conf that nothing of the render reads. */

/** Variables that operators may read: they are there whatever the policies say. */
export const publicVariables = [
  'edge_auth_cache_status',
  'edge_auth_clean_uri',
  'edge_auth_client_uri',
  'edge_auth_decision',
  'edge_auth_escaped_uri',
  'edge_auth_reason',
  'edge_auth_request_path',
  'edge_auth_status',
  'edge_auth_time',
];

/** A map with the lines of its braces, or a js_set line. */
const definition = /^(?:map .*\$(\w+) \{(?:.*\}|\n(?:.*\n)*?\})|js_set \$(\w+) .*;)$/;

interface Part {
  text: string;
  /** What it defines: its variable and its captures. Empty: it is no map. */
  defines: string[];
  reads: string[];
}

const namesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{?(edge_auth_\w+)/g)].map(([, name]) => name as string);

/** Comments and blank lines stand alone; each map is one part, from its first line to its brace. */
function partsOf(conf: string): Part[] {
  const texts: string[] = [];
  let isOpen = false;
  for (const line of conf.split('\n')) {
    if (isOpen) texts.push(`${texts.pop()}\n${line}`);
    else texts.push(line);
    if (isOpen ? line === '}' : /^map .*\{$/.test(line)) isOpen = !isOpen;
  }
  return texts.map((text) => {
    const match = definition.exec(text);
    const captured = [...text.matchAll(/\(\?<(edge_auth_\w+)>/g)].map(([, name]) => name as string);
    const own = match ? ((match[1] ?? match[2]) as string) : '';
    const isComment = text.trimStart().startsWith('#');
    return {
      text,
      defines: match ? [own, ...captured] : [],
      reads: isComment ? [] : namesIn(text).filter((name) => name !== own),
    };
  });
}

/**
 * `others`: the texts of all other files of the render that may read a variable, scripts included. A comment goes with the only
 * map that it stands above.
 */
export function withoutUnread(httpConf: string, others: Iterable<string>): string {
  const parts = partsOf(httpConf);
  const definers = new Map<string, Part[]>();
  for (const part of parts)
    for (const name of part.defines) definers.set(name, [...(definers.get(name) ?? []), part]);
  const wanted = new Set(publicVariables);
  for (const text of others) for (const [name] of text.matchAll(/\bedge_auth_\w+/g)) wanted.add(name);
  for (const { defines, reads } of parts)
    if (defines.length === 0) for (const name of reads) wanted.add(name);
  const kept = new Set<Part>();
  // A set grows while it is gone through.
  for (const name of wanted)
    for (const part of definers.get(name) ?? [])
      if (!kept.has(part)) {
        kept.add(part);
        for (const read of part.reads) wanted.add(read);
      }
  return textOf(parts.map((part) => ({ ...part, isKept: part.defines.length === 0 || kept.has(part) })));
}

function textOf(parts: (Part & { isKept: boolean })[]): string {
  const lines: string[] = [];
  parts.forEach(({ text, isKept }, i) => {
    if (isKept) return void lines.push(text);
    const next = parts[i + 1];
    if (next && next.defines.length > 0) return;
    while (lines.at(-1)?.startsWith('#')) lines.pop();
  });
  return lines.join('\n').replace(/\n{3,}/g, '\n\n');
}
