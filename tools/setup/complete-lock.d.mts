/** Types of complete-lock.mjs, which is plain JavaScript because it runs before any package is installed. */
export interface OptionalPackage {
  readonly name: string;
  readonly version: string;
  readonly dev: boolean;
}
export declare function missingOptionalPackages(lock: {
  readonly packages: Readonly<Record<string, unknown>>;
}): OptionalPackage[];
export declare function entryFor(missing: OptionalPackage): Readonly<Record<string, unknown>>;
