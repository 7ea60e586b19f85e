import type { RouteModel } from '../template/application.ts';

/** A route that fits a request, with the path's variables still as sent. */
export interface MatchedRoute {
  readonly route: RouteModel;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface CompiledRoute {
  readonly route: RouteModel;
  readonly segments: readonly Segment[];
}

type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** `{name+}`: the rest of the path. */
  | { readonly kind: 'rest'; readonly name: string };

/** Finds the route for a method and a path below the stage; the most specific resource wins, as in API Gateway. */
export function createRouter(
  routes: readonly RouteModel[],
): (method: string, path: string) => MatchedRoute | undefined {
  const compiled = routes.map((route) => ({ route, segments: compile(route.path) })).sort(moreSpecificFirst);
  return (method, path) => {
    const parts = split(path);
    const fitting = compiled.flatMap((candidate) => {
      const pathParameters = match(candidate.segments, parts);
      return pathParameters ? [{ route: candidate.route, pathParameters }] : [];
    });
    // The resource is chosen by the path alone; only then the method is looked at.
    const ofResource = fitting.filter(({ route }) => route.path === fitting[0]?.route.path);
    return (
      ofResource.find(({ route }) => route.method === method) ??
      ofResource.find(({ route }) => route.method === 'ANY')
    );
  };
}

function split(path: string): readonly string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

const compile = (path: string): readonly Segment[] =>
  split(path).map((part) => {
    const variable = /^\{([^+}]+)(\+?)\}$/.exec(part);
    if (!variable) return { kind: 'text', text: part };
    return { kind: variable[2] ? 'rest' : 'variable', name: variable[1] ?? '' };
  });

const ranks: Readonly<Record<Segment['kind'], number>> = { text: 0, variable: 1, rest: 2 };

function moreSpecificFirst(left: CompiledRoute, right: CompiledRoute): number {
  for (let index = 0; index < Math.max(left.segments.length, right.segments.length); index += 1) {
    const [a, b] = [left.segments[index], right.segments[index]];
    const difference = (a ? ranks[a.kind] : 3) - (b ? ranks[b.kind] : 3);
    if (difference !== 0) return difference;
  }
  return 0;
}

function match(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'rest') {
      if (parts.length <= index) return undefined;
      found[segment.name] = parts.slice(index).join('/');
      return found;
    }
    const part = parts[index];
    if (part === undefined || (segment.kind === 'text' && segment.text !== part)) return undefined;
    if (segment.kind === 'variable') found[segment.name] = part;
  }
  return parts.length === segments.length ? found : undefined;
}
