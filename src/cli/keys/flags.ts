export interface KeysFlags {
  readonly out: string;
  readonly hmac?: boolean;
}
