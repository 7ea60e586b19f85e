/** What the images of a name do when a pod names no command: shell scripts for busybox. */
const scripts = {
  serve: `for port in $PORTS; do httpd -p "$port" -h /www; done
echo "listening on $PORTS"
trap 'echo stopping; exit 0' TERM
sleep infinity & wait`,
  crash: `echo "Error: cannot read configuration" >&2
sleep 0.2
exit 1`,
  exit: `echo "nothing to do"
sleep 0.2
exit 0`,
  hang: `echo "hanging"
trap '' TERM
exec sleep infinity`,
  unready: `httpd -p 8080 -h /none
echo "listening, unready"
trap 'exit 0' TERM
sleep infinity & wait`,
  slow: `sleep "$DELAY_SECONDS"
httpd -p 8080 -h /www
echo "listening at last"
trap 'exit 0' TERM
sleep infinity & wait`,
} as const;

/** `missing` has no script: the registry does not have it. */
export type Behavior = keyof typeof scripts | 'missing';

export const defaultEnvironment: Readonly<Record<string, string>> = {
  PATH: '/bin',
  PORTS: '8080',
  DELAY_SECONDS: '5',
};

/**
 * How the image of a repository behaves: by the word that its last segment ends in (`shop/app-crash`), else it serves.
 * The laptop cluster goes by the same words (local/cluster/README.md), so that the same manifests run on both.
 */
export function behaviorOf(repository: string): Behavior {
  const word = /(?:^|[-_./])([a-z]+)$/.exec(repository.split('/').at(-1) ?? '')?.[1] ?? '';
  return word === 'missing' || Object.hasOwn(scripts, word) ? (word as Behavior) : 'serve';
}

/** The shell script that an image runs. */
export const scriptOf = (behavior: keyof typeof scripts): string => scripts[behavior];
