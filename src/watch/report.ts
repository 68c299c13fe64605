/** What `edge-auth watch` says: a line an event on stdout, what is wrong below it on stderr, nothing twice. */

import { escapeInvisible } from '../policy/issue';

const MAX_LINES = 40;

const AGAIN = 'tried again';

/** What `nginx -t` says of a conf that is as it should be. */
const PRAISE = /(?:syntax is ok|test is successful)$/;

export class Report {
  private lastFailure = '';
  private lastRemarks = '';
  private readonly said = new Set<string>();

  constructor(
    private readonly out: (line: string) => void = console.log,
    private readonly error: (line: string) => void = console.error,
  ) {}

  event(text: string): void {
    this.out(`${new Date().toISOString()} ${escapeInvisible(text)}`);
  }

  once(text: string): void {
    if (!this.said.has(text)) this.event(text);
    this.said.add(text);
  }

  /** `cause`: what changed; empty where nothing did and what failed is tried again. */
  success(cause: string, text: string): void {
    this.lastFailure = '';
    this.event(`${cause || AGAIN}: ${text}`);
  }

  /** The same failure is told once; after a change that does not mend it, in one line. */
  failure(cause: string, text: string, details: string[]): void {
    const failure = [text, ...details.map(withoutTime)].join('\n');
    const isNew = failure !== this.lastFailure;
    this.lastFailure = failure;
    if (isNew) {
      this.event(`${cause || AGAIN}: ${text}`);
      this.lines(details);
    } else if (cause) this.event(`${cause}: ${text}, as before`);
  }

  /** What a command says that succeeds: warnings. */
  remarks(command: string, lines: string[]): void {
    const remarks = lines.filter((line) => !PRAISE.test(line));
    const text = remarks.map(withoutTime).join('\n');
    if (text !== this.lastRemarks && remarks.length > 0) {
      this.event(`${command} says:`);
      this.lines(remarks);
    }
    this.lastRemarks = text;
  }

  private lines(lines: string[]): void {
    for (const line of lines.slice(0, MAX_LINES)) this.error(`  ${escapeInvisible(line)}`);
    if (lines.length > MAX_LINES) this.error(`  … and ${lines.length - MAX_LINES} more lines`);
  }
}

/** nginx begins a line with the time and its process where it writes to a log. */
function withoutTime(line: string): string {
  return line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, '').replace(/ \d+#\d+: /, ' ');
}
