import type { Overrides } from '../../config/overrides.ts';

export interface GoldFlags extends Pick<Overrides, 'config' | 'store' | 'paraphrases'> {
  readonly json?: boolean;
}

export interface GoldLintFlags extends GoldFlags {
  readonly strict?: boolean;
}

export interface GoldExportFlags extends GoldFlags {
  readonly out: string;
  readonly resolve?: boolean;
  readonly force?: boolean;
}

export interface GoldImportFlags extends GoldFlags {
  readonly from?: string;
  readonly out: string;
  readonly qrels?: string;
  readonly documents?: string;
  readonly force?: boolean;
}
