import type { Overrides } from '../../config/overrides.ts';

export interface PushFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly gateway?: string;
  readonly textfile?: string;
  readonly otlp?: string;
  readonly delete?: boolean;
}
