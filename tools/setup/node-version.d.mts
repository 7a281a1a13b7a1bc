/** Types of node-version.mjs, which is plain JavaScript because it runs before any package is installed. */
export declare const OLDEST_NODE: readonly [number, number];
export declare function nodeIsNewEnough(version: string): boolean;
