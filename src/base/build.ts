/** The one style and the one script of every page, as the build bundles them. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

/** What the build of this program knows about itself. */
export interface Build {
  /** The commit that it was built from, `unknown` where none was to be seen. */
  revision(): string;
  /** Throws a `UserError` where the program runs without having been built. */
  pageAssets(): PageAssets;
}
