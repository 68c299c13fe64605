import type { Scope } from '../core/scope';
import type { Report } from './issue';
import { asWritten, fileType, parseNames } from './lists';
import type { ScopeSettings } from './settings';

export function parseScope(scope: ScopeSettings, at: string, report: Report): Scope {
  return {
    fileTypes: parseNames(scope.file_types ?? [], at + '/file_types', fileType, report),
    paths: parseNames(scope.paths ?? [], at + '/paths', asWritten, report),
    excludeFileTypes: parseNames(
      scope.exclude_file_types ?? [],
      at + '/exclude_file_types',
      fileType,
      report,
    ),
    excludePaths: parseNames(scope.exclude_paths ?? [], at + '/exclude_paths', asWritten, report),
    excludeMethods: parseNames(scope.exclude_methods ?? [], at + '/exclude_methods', asWritten, report),
    caseSensitive: scope.case_sensitive,
  };
}
