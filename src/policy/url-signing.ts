import type { Scope } from '../core/scope';
import type { SigningType } from '../core/signing/form';
import { placesOf, type SignaturePlace } from '../core/signing/sign';
import { readZone } from '../core/signing/timestamp';
import type { Report } from './issue';
import { asWritten, parseNames } from './lists';
import schema from './policy.schema.json';
import type { SigningPreset, URLSigning } from './schema-types';
import { parseScope } from './scope';
import type { ScopeSettings } from './settings';
import { checkPair } from './signing-keys';

export interface UrlSigning {
  type: SigningType;
  /** key1, then key2 if there is one; either verifies. Empty until the key file is read, where there is one. */
  keys: string[];
  /** As written: a relative path counts from the policy's folder. */
  keyFile: string | undefined;
  /** Seconds after the timestamp, the last one included. */
  timeout: number;
  /** Seconds that a timestamp may lie ahead. */
  maxFuture: number;
  /** '' for type B. */
  signArg: string;
  /** '' for types A and B. */
  timeArg: string;
  timestampFormat: 'dec' | 'hex' | 'yyyyMMDDhhmm';
  /** Minutes east of UTC, for `yyyyMMDDhhmm`. */
  timeZone: number;
  hash: 'md5' | 'sha256';
  /** Exact, or ending in `/*`; decoded and normalised. */
  whiteList: string[];
  scope: Scope | undefined;
  denyStatus: number;
  keepArgsForOrigin: boolean;
  methods: string[];
  vendorErrorHeader: boolean;
  /** Where signers put the signature unless told otherwise; type C verifies in either place. */
  signedForm: SignaturePlace;
}

/** `url_signing` with its lists spread. Faulty entries of a list are holes: read it with `forEach`. */
export type SigningSettings = Omit<URLSigning, 'scope' | 'white_list' | 'methods'> & {
  scope?: ScopeSettings;
  white_list: string[];
  methods: string[];
};

/** What a type, or a type under a preset, puts in place of the defaults. */
type OfType = Partial<
  Pick<SigningSettings, 'sign_arg' | 'time_arg' | 'timestamp_format' | 'keep_args_for_origin'>
>;

const AT = '/url_signing';
const fields = schema.properties.url_signing;
const types = fields['x-types'] as Record<SigningType, OfType>;
/** Under each preset, the types that its vendor publishes. */
const presets = fields['x-presets'] as Record<SigningPreset, Partial<Record<SigningType, OfType>>>;

/** Reads fields that the schema let through (the others are left out of `written`) and reports what it cannot say. */
export function parseUrlSigning(written: Partial<SigningSettings>, report: Report): UrlSigning {
  // A type that the schema refused is gone: A stands in, and nothing is said about it.
  const type = (written.type?.toUpperCase() ?? 'A') as SigningType;
  if (written.type !== undefined) checkType(type, written, report);
  const { preset } = written;
  const settings = { ...types[type], ...(preset && presets[preset][type]), ...written };
  if (settings.sign_arg !== undefined && settings.sign_arg === settings.time_arg) {
    const field = written.time_arg === undefined ? 'sign_arg' : 'time_arg';
    report(`${AT}/${field}`, 'two names, one for the signature and one for the timestamp', 'one for both');
  }
  const keys = [settings.key1, settings.key2].filter((key) => key !== undefined);
  checkPair(keys, AT + '/key2', report);
  const { scope } = settings;
  const ofFields = fields.properties;
  return {
    type,
    keys,
    keyFile: settings.key_file,
    timeout: settings.timeout ?? ofFields.timeout.default,
    maxFuture: settings.max_future ?? ofFields.max_future.default,
    signArg: settings.sign_arg ?? '',
    timeArg: settings.time_arg ?? '',
    timestampFormat: settings.timestamp_format ?? 'dec',
    timeZone: readZone(settings.time_zone ?? ofFields.time_zone.default),
    hash: settings.hash ?? (ofFields.hash.default as UrlSigning['hash']),
    whiteList: parseNames(settings.white_list ?? [], AT + '/white_list', asWritten, report),
    scope: scope && parseScope(withCase(scope), AT + '/scope', report),
    denyStatus: settings.deny_status ?? ofFields.deny_status.default,
    keepArgsForOrigin: settings.keep_args_for_origin ?? ofFields.keep_args_for_origin.default,
    methods: parseNames(settings.methods ?? ofFields.methods.default, AT + '/methods', asWritten, report),
    vendorErrorHeader: settings.vendor_error_header ?? ofFields.vendor_error_header.default,
    signedForm: signedFormOf(type, preset),
  };
}

/** Baidu AI Cloud CDN, Set the Access Authorization: type C has names for its arguments, and no path form is mentioned. */
function signedFormOf(type: SigningType, preset: SigningPreset | undefined): SignaturePlace {
  const places = placesOf(type);
  return preset === 'baidu' && places.includes('args') ? 'args' : (places[0] ?? 'args');
}

function withCase(scope: ScopeSettings): ScopeSettings {
  return { ...scope, case_sensitive: scope.case_sensitive ?? false };
}

/** What a type has no place for, or its vendor does not publish. */
function checkType(type: SigningType, written: Partial<SigningSettings>, report: Report): void {
  const { preset } = written;
  if (preset !== undefined && presets[preset][type] === undefined) {
    const published = Object.keys(presets[preset]).join(', ');
    report(AT + '/type', `one of the types that preset "${preset}" knows: ${published}`, `type ${type}`);
  }
  for (const field of ['sign_arg', 'time_arg'] as const) {
    if (written[field] === undefined || types[type][field] !== undefined) continue;
    const which = field === 'sign_arg' ? 'a signature' : 'a timestamp';
    report(`${AT}/${field}`, `no name: type ${type} has no argument with ${which} alone`, 'one');
  }
  if (written.timestamp_format === 'yyyyMMDDhhmm' && type !== 'B') {
    report(AT + '/timestamp_format', `"dec" or "hex": only type B spells a date`, `a date for type ${type}`);
  }
}
