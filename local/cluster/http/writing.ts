import { typeErrors, unknownFields, withoutUnknown } from '../apply/typed.ts';
import { ApiError, badRequest, methodNotAllowed, unsupportedMediaType } from '../errors.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import type { Json } from '../object.ts';
import { jsonPatch } from '../patches/json-patch.ts';
import { mergePatch } from '../patches/merge-patch.ts';
import { strategicMerge } from '../patches/strategic-merge.ts';
import type { Place, Registry, WriteOptions } from '../registry/registry.ts';
import { scaleOf, writeScale } from '../registry/scale.ts';
import { type Schema, schemaOf } from '../schema/schema.ts';
import { type Exchange, parseObject } from './exchange.ts';
import { fromEventsV1, inGroup } from './views.ts';

function optionsOf(exchange: Exchange, subresource?: string): WriteOptions {
  const options = { manager: exchange.manager, isDryRun: exchange.isDryRun };
  return subresource === 'status' || subresource === 'scale' ? { ...options, subresource } : options;
}

/** POST on a collection. */
export async function create(
  exchange: Exchange,
  registry: Registry,
  kind: Kind,
  namespace: string | undefined,
): Promise<void> {
  const body = await readTyped(exchange, kind);
  const object = registry.create(kind, namespace ?? body.metadata?.namespace, body, optionsOf(exchange));
  exchange.json(201, inGroup(kind, object));
}

/** PUT on an object or on its status or scale. */
export async function replace(
  exchange: Exchange,
  registry: Registry,
  place: Place,
  subresource: string | undefined,
): Promise<void> {
  const options = optionsOf(exchange, subresource);
  if (subresource === 'scale') {
    exchange.json(200, writeScale(registry, place, await exchange.readObject(), options));
    return;
  }
  const body = await readTyped(exchange, place.kind);
  exchange.json(200, inGroup(place.kind, registry.update(place, body, options)));
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** PATCH of every type, on an object or on its status or scale. */
export async function patch(
  exchange: Exchange,
  registry: Registry,
  place: Place,
  subresource: string | undefined,
): Promise<void> {
  const type = exchange.contentType;
  if (!(Object.values(patchTypes) as string[]).includes(type)) {
    throw unsupportedMediaType(type, Object.values(patchTypes));
  }
  const text = await exchange.readBody();
  if (type === patchTypes.apply)
    return applyPatch(exchange, registry, place, subresource, parseObject(text, true));
  let parsed: Json;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    // Go's words begin in lower case.
    const { message } = error as Error;
    throw badRequest(`error decoding patch: ${message.charAt(0).toLowerCase()}${message.slice(1)}`);
  }
  const options = optionsOf(exchange, subresource);
  const live = registry.get(place);
  if (subresource === 'scale') {
    exchange.json(
      200,
      writeScale(
        registry,
        place,
        patched(scaleOf(place.kind, live), parsed, type, schemaOf('autoscaling.v1.Scale')),
        options,
      ),
    );
    return;
  }
  const { resourceVersion: _, ...metadata } = live.metadata;
  // Without the version, so that only a patch that names one is refused when the object has changed.
  const document = type === patchTypes.json ? live : { ...live, metadata };
  const body = patched(document, parsed, type, place.kind.schema);
  exchange.json(200, registry.update(place, body, options));
}

function patched(document: Json, parsed: Json, type: string, schema: Schema): Json {
  if (type === patchTypes.json) return jsonPatch(document, parsed);
  if (type === patchTypes.merge) return mergePatch(document, parsed);
  return strategicMerge(document, parsed, schema);
}

function applyPatch(
  exchange: Exchange,
  registry: Registry,
  place: Place,
  subresource: string | undefined,
  body: Json,
): void {
  if (!exchange.query.get('fieldManager')) {
    throw new ApiError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  if (subresource === 'scale') throw methodNotAllowed();
  requireType(place.kind, body);
  const options = { ...optionsOf(exchange, subresource), force: exchange.isSet('force') };
  const { object, isNew } = registry.apply(place, body, options);
  exchange.json(isNew ? 201 : 200, object);
}

async function readTyped(exchange: Exchange, kind: Kind): Promise<Json> {
  const body = await exchange.readObject();
  const typed = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...body };
  requireType(kind, typed);
  const known = checkFields(exchange, kind, typed) ? typed : withoutUnknown(typed, kind.schema);
  return kind.group === 'events.k8s.io' ? fromEventsV1(known) : known;
}

function requireType(kind: Kind, body: Json): void {
  if (typeof body !== 'object' || body === null) throw badRequest('the body is not an object');
  if (body.kind === undefined || body.kind === '') {
    throw badRequest("Object 'Kind' is missing in the body");
  }
  if (body.kind === kind.kind && body.apiVersion === apiVersionOf(kind)) return;
  throw badRequest(
    `${body.kind} in version "${body.apiVersion}" cannot be handled as a ${kind.kind}: the API version in the data (${body.apiVersion}) does not match the expected API version (${apiVersionOf(kind)})`,
  );
}

/**
 * Whether all fields are known. Unknown ones are a warning, or with `fieldValidation=Strict` a refusal; other type errors
 * are always refused.
 */
function checkFields(exchange: Exchange, kind: Kind, body: Json): boolean {
  const fields = unknownFields(body, kind.schema).map((field) => `unknown field "${field}"`);
  const wrong = typeErrors(body, kind.schema).filter((error) => / expected .*, got /.test(error));
  // Types of custom resources are for their definition to judge.
  if (wrong.length > 0 && kind.custom === undefined) {
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: json: ${wrong[0]}`,
    );
  }
  if (fields.length === 0) return true;
  const mode = exchange.query.get('fieldValidation') ?? 'Warn';
  if (mode === 'Strict') throw badRequest(`strict decoding error: ${fields.join(', ')}`);
  if (mode === 'Warn') for (const field of fields) exchange.warn(field);
  return false;
}
