import type { Metafile } from 'esbuild';

export declare function bundledFolders(metafile: Metafile): string[];
export declare function noticesOf(metafile: Metafile): string[];
