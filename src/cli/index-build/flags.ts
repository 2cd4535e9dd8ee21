export interface IndexBuildFlags {
  readonly from: string;
  readonly out: string;
  readonly sourcePrefix?: string;
  readonly force?: boolean;
  readonly config?: string;
  readonly store?: string;
}
