/** Types of npm-packages.mjs, which is plain JavaScript because it runs before any package is installed. */
export declare function stateOfPackages(root: string): 'stamped' | 'fresh' | 'stale';
export declare function installPackages(root: string): Promise<void>;
