import { connect, type Socket } from 'node:net';

interface Waiting {
  readonly resolve: (body: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * HTTP over a few connections that stay open, one request at a time on each: as much of HTTP as the answers of a
 * server with `content-length` need. The load generator shares the machine with the server, so it has to be cheap.
 */
export class RawHttp {
  readonly #idle: Line[];
  readonly #lines: readonly Line[];
  readonly #queue: ((line: Line) => void)[] = [];

  private constructor(lines: readonly Line[]) {
    this.#lines = lines;
    this.#idle = [...lines];
  }

  static async connect(port: number, connections: number): Promise<RawHttp> {
    return new RawHttp(await Promise.all(Array.from({ length: connections }, () => Line.open(port))));
  }

  /** @returns the body of an answer with a status below 300; anything else throws */
  async request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body = '',
  ): Promise<string> {
    const line = this.#idle.pop() ?? (await new Promise<Line>((resolve) => this.#queue.push(resolve)));
    try {
      return await line.request(method, path, headers, body);
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#idle.push(line);
      else next(line);
    }
  }

  close(): void {
    for (const line of this.#lines) line.close();
  }
}

class Line {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #length = 0;
  /** Of the whole answer, once its head is there. */
  #wanted = Number.POSITIVE_INFINITY;
  #bodyAt = 0;
  #status = 0;
  #waiting: Waiting | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk as Buffer));
    socket.on('error', (error) => this.#waiting?.reject(error));
  }

  static open(port: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('connect', () => resolve(new Line(socket)));
      socket.once('error', reject);
    });
  }

  request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<string> {
    const fields = Object.entries({
      host: '127.0.0.1',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    });
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.#socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#length += chunk.length;
    if (this.#wanted === Number.POSITIVE_INFINITY) this.#readHead();
    if (this.#length < this.#wanted) return;
    const body = Buffer.concat(this.#received).toString('utf8', this.#bodyAt, this.#wanted);
    const { resolve, reject } = this.#waiting ?? { resolve: () => {}, reject: () => {} };
    const status = this.#status;
    this.#received = [];
    this.#length = 0;
    this.#wanted = Number.POSITIVE_INFINITY;
    if (status < 300) resolve(body);
    else reject(new Error(`Status ${status}: ${body}`));
  }

  #readHead(): void {
    const all = Buffer.concat(this.#received);
    this.#received = [all];
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = all.toString('latin1', 0, end);
    this.#status = Number(head.slice(9, 12));
    this.#bodyAt = end + 4;
    this.#wanted = this.#bodyAt + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  }
}
