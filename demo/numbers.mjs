// A file whose download takes a while: the numbers from 0 on, one a line, each 15 digits.

export const NUMBERS_SECONDS = 15;
export const numbers = Array.from({ length: 65_536 }, (_, i) => `${String(i).padStart(15, '0')}\n`).join('');
