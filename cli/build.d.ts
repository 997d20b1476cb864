import type { BuildOptions } from 'esbuild';

export declare const PAGE_BUILD: BuildOptions & { write: false };
export declare const CLI_BUILD: BuildOptions & { write: false };
export declare function ensureBuilt(): Promise<void>;
