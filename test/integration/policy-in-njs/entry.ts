/** Test only: parsePolicy inside nginx, on the texts that come in the body. Answers with the results, as Node's JSON would be. */
import { parsePolicy } from '../../../src/policy/policy';
import { language } from './language';

interface Asked {
  requestText?: string;
  requestBuffer?: Uint8Array;
  return(status: number, body: string): void;
}

function parse(r: Asked): void {
  const rows = JSON.parse(r.requestText ?? '') as { file: string; text: string }[];
  r.return(200, JSON.stringify(rows.map(({ file, text }) => parsePolicy(text, file))));
}

/** The body is the text itself. (!) r.requestText of QuickJS takes six bytes for one character, where UTF-8 has four: TextDecoder does not. */
function parseBody(r: Asked): void {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(r.requestBuffer);
  r.return(200, JSON.stringify(parsePolicy(text, 'policies/www.example.com.json')));
}

function speak(r: Asked): void {
  r.return(200, JSON.stringify(Object.entries(language).map(([name, of]) => [name, of()])));
}

export default { parse, parseBody, speak };
