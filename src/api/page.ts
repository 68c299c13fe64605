import { readDomain } from './domain';

export interface Page {
  /** 1-1000. */
  limit: number;
  /** The domain that the page begins after; '' for the first page. */
  after: string;
}

const maxLimit = 1000;

/** Reads `limit` and `after`, each at most once; undefined where the query says anything else. */
export function readPage(query: string): Page | undefined {
  const page: Page = { limit: maxLimit, after: '' };
  if (query === '') return page;
  const parts = query.split('&');
  const seen: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    const name = part.slice(0, part.indexOf('='));
    const value = part.slice(name.length + 1);
    if (seen.indexOf(name) >= 0) return undefined;
    seen.push(name);
    if (name === 'limit' && /^[1-9][0-9]{0,3}$/.test(value) && Number(value) <= maxLimit)
      page.limit = Number(value);
    else if (name === 'after' && readDomain(value) !== undefined) page.after = value.toLowerCase();
    else return undefined;
  }
  return page;
}

/** `domains` in any order. `next`, where there are more, is what to ask `after` for the following page. */
export function pageOf(domains: string[], page: Page): { domains: string[]; next?: string } {
  const rest = domains
    .filter(function (domain) {
      return domain > page.after;
    })
    .sort();
  const shown = rest.slice(0, page.limit);
  return rest.length > shown.length
    ? { domains: shown, next: shown[shown.length - 1] as string }
    : { domains: shown };
}
