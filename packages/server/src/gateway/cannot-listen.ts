export type CannotListenReason =
  | 'address-in-use'
  | 'not-permitted'
  | 'bad-host'
  | 'bad-port'
  | 'bad-certificate'
  | 'other';

/** The server cannot start. The message is one sentence or two for whoever runs it: the cause, and what to do. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
  readonly reason: CannotListenReason;

  constructor(reason: CannotListenReason, message: string, cause: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

export function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): CannotListen {
  switch (error.code) {
    case 'EADDRINUSE': {
      const message = `Port ${port} on ${host} is already in use. Stop the other program or set PORT to a free one.`;
      return new CannotListen('address-in-use', message, error);
    }
    case 'EACCES': {
      const message = `This user may not listen on port ${port}. Set PORT to 1024 or above, or grant the permission.`;
      return new CannotListen('not-permitted', message, error);
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL': {
      const message = `${host} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0 for all.`;
      return new CannotListen('bad-host', message, error);
    }
    case 'ERR_SOCKET_BAD_PORT': {
      const message = `${port} is not a port number. Set PORT to a number from 1 to 65535.`;
      return new CannotListen('bad-port', message, error);
    }
    default:
      return new CannotListen('other', `Cannot listen on ${host}, port ${port}: ${error.message}.`, error);
  }
}

export function badCertificate(error: unknown): CannotListen {
  const detail = error instanceof Error ? error.message : String(error);
  const message = `The TLS certificate and key cannot be used (${detail}). Check PARLEY_TLS_CERT and PARLEY_TLS_KEY.`;
  return new CannotListen('bad-certificate', message, error);
}
