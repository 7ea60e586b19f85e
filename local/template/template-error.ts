/** A template that the laptop cloud cannot play: says where and what. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** Where in the template, as in `Resources.Uploads.Properties`. */
  readonly where: string;

  constructor(where: string, problem: string) {
    super(`Template: ${where}: ${problem}`);
    this.where = where;
  }
}
