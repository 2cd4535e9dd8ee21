import type { Overrides } from '../../config/overrides.ts';

export const reportFormats = ['html', 'markdown', 'junit', 'csv', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface ReportFlags extends Pick<Overrides, 'config' | 'store'> {
  readonly format: ReportFormat;
  readonly out?: string;
  readonly open?: boolean;
  /** False: questions and answers are left out. */
  readonly texts: boolean;
}
