export interface DemoFlags {
  readonly scenario: string;
  readonly store?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}
