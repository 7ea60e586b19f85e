import type { Requests } from './ask.ts';
import { createRequests } from './create-requests.ts';
import { deleteRequests } from './delete-requests.ts';
import { readRequests } from './read-requests.ts';
import { writeRequests } from './write-requests.ts';

/** Everything that both servers are asked. */
export const requests: Requests = { ...createRequests, ...readRequests, ...writeRequests, ...deleteRequests };
