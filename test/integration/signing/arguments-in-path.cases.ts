import type { ArgumentCase } from './arguments.cases';

/** Type C. */
export const inPath: ArgumentCase[] = [
  { name: 'the path form', target: '/{hash}/{time}/f' },
  { name: 'the argument form', target: '/f?KEY1={hash}&KEY2={time}' },
  { name: "an argument of the application's with the name of the time", target: '/{hash}/{time}/f?KEY2=1' },
  { name: 'both forms', target: '/{hash}/{time}/f?KEY1={hash}&KEY2={time}', refused: 'malformed' },
  {
    name: 'the path form with a bad signature as an argument',
    target: '/{hash}/{time}/f?KEY1={bad}',
    refused: 'malformed',
  },
  {
    name: 'the argument form behind a bad signature in the path',
    target: '/{bad}/{time}/f?KEY1={hash}&KEY2={time}',
    refused: 'malformed',
  },
  { name: 'the path form twice', target: '/{hash}/{time}/{hash}/{time}/f', refused: 'bad_signature' },
  {
    name: 'a bad signature before the good one',
    target: '/{bad}/{time}/{hash}/{time}/f',
    refused: 'bad_signature',
  },
  { name: 'time and hash the other way round', target: '/{time}/{hash}/f', refused: 'malformed' },
  { name: 'a signature in capitals', target: '/{HASH}/{time}/f', refused: 'malformed' },
  { name: 'a digit too few', target: '/{short}/{time}/f', refused: 'malformed' },
  { name: '64 digits for md5', target: '/{hash}{hash}/{time}/f', refused: 'malformed' },
  { name: 'a path parameter at the signature', target: '/{hash};a/{time}/f', refused: 'no_signature' },
  { name: 'a segment in front', target: '/a/{hash}/{time}/f', refused: 'no_signature' },
  { name: 'an empty segment in front', target: '//{hash}/{time}/f', refused: 'no_signature' },
  { name: 'an empty segment between', target: '/{hash}//{time}/f', refused: 'no_signature' },
  { name: 'an encoded slash between', target: '/{hash}%2f{time}/f', refused: 'no_signature' },
  { name: 'the names in lower case', target: '/f?key1={hash}&key2={time}', refused: 'no_signature' },
];
