import type { ErrorObject } from 'ajv';

/** Is the value what the schema allows? If not, `errors` has everything that is wrong, each with its schema and value. */
declare const validate: { (value: unknown): boolean; errors?: ErrorObject[] | null };
export default validate;
