/** One thing that is wrong with a file, and where: `manifests/web.yaml:12:3`, or just the file's name. */
export interface Problem {
  readonly where: string;
  readonly message: string;
}

/** How many problems one message lists: enough to mend a bundle in one go, short enough for a mail and a state's cause. */
const listedProblems = 20;

/** Quoted values can be of any length; 20 problems of this many characters still fit a state's cause. */
const problemCharacters = 1_000;

/** `manifests/web.yaml:12:3: unknown field …`. */
export function problemText({ where, message }: Problem): string {
  const text = `${where}: ${message}`;
  return text.length > problemCharacters ? `${text.slice(0, problemCharacters)}…` : text;
}

/** One message for all problems of `subject`: on one line when it is one, else a list of the first 20. */
export function problemsText(subject: string, problems: readonly Problem[]): string {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) return `${subject}: ${problemText(first)}`;
  const listed = problems.slice(0, listedProblems).map((problem) => `\n  ${problemText(problem)}`);
  const rest = problems.length - listed.length;
  return `${subject} has ${problems.length} problems:${listed.join('')}${rest > 0 ? `\n  and ${rest} more` : ''}`;
}
