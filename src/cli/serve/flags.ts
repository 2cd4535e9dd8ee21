import type { Overrides } from '../../config/overrides.ts';

export type ServeFlags = Pick<Overrides, 'config' | 'store' | 'listenHost' | 'listenPort'>;
