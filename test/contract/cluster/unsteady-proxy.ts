import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What lies between a client and a server on a bad day. */
export interface UnsteadyProxy {
  readonly port: number;
  /** Cuts every connection there is. */
  reset(): void;
  /** Takes no connection and cuts those there are, until it is called again with false: a server that restarts. */
  refuse(refused: boolean): void;
  /** Every chunk of an answer comes this much later. */
  delay(milliseconds: number): void;
  stop(): Promise<void>;
}

/** A TCP proxy to a port of this machine. */
export async function startUnsteadyProxy(target: number): Promise<UnsteadyProxy> {
  const sockets = new Set<Socket>();
  let refused = false;
  let delayMilliseconds = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  };
  const server = createServer((inside) => {
    keep(inside);
    if (refused) {
      inside.resetAndDestroy();
      return;
    }
    const outside = connect(target, '127.0.0.1');
    keep(outside);
    inside.pipe(outside);
    outside.on('data', (chunk) => {
      if (delayMilliseconds === 0) inside.write(chunk);
      else setTimeout(() => inside.destroyed || inside.write(chunk), delayMilliseconds);
    });
    outside.on('close', () => inside.destroy());
    inside.on('close', () => outside.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    reset,
    refuse(now) {
      refused = now;
      if (now) reset();
    },
    delay(milliseconds) {
      delayMilliseconds = milliseconds;
    },
    async stop() {
      reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
