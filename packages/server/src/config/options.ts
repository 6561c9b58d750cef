import {
  flag,
  flagOrList,
  type OptionKind,
  oneOf,
  plugins,
  text,
  token,
  webAddress,
  wholeNumber,
} from './option-kinds.ts';

/** One option of a deployment. */
export interface Option<T> {
  /** The environment variable; the key in the file is the name of the property in {@link options}. */
  readonly variable: string;
  readonly kind: OptionKind<T>;
  /** Absent: the option has no value unless one is given. */
  readonly standard?: T;
  /** Another standard in production; see the option `env`. */
  readonly inProduction?: T;
  readonly secret?: true;
  readonly group: 'Network' | 'Data' | 'Files' | 'App' | 'Limits' | 'Operation';
  /** One or two sentences for the reference page. */
  readonly about: string;
}

/** An option that always has a value. */
function standing<T>(
  option: Option<T> & { readonly standard: NoInfer<T> },
): Required<Pick<Option<T>, 'standard'>> & Option<T> {
  return option;
}

function optional<T>(option: Omit<Option<T>, 'standard' | 'inProduction'>): Option<T> {
  return option;
}

/**
 * Every option of a deployment, described once: the environment, the file, the messages about wrong values and
 * `docs/reference/configuration.md` all follow from this table. Switches and limits of one app are not here but in
 * `domain/app/app-settings.ts`, because they change while the server runs.
 */
export const options = {
  host: standing({
    variable: 'HOST',
    kind: text,
    standard: '127.0.0.1',
    group: 'Network',
    about: 'The address to listen on. `0.0.0.0` is every address of the machine.',
  }),
  port: standing({
    variable: 'PORT',
    kind: wholeNumber(0, 65_535),
    standard: 3000,
    group: 'Network',
    about: 'The port of everything: WebSocket, REST, health. `0` takes any free one and prints it.',
  }),
  publicUrl: optional({
    variable: 'PARLEY_PUBLIC_URL',
    kind: webAddress,
    group: 'Network',
    about:
      'Where clients reach this server, if a proxy or container stands between: endpoint discovery hands it out. Without it they are sent to the address they asked at.',
  }),
  tlsCert: optional({
    variable: 'PARLEY_TLS_CERT',
    kind: text,
    group: 'Network',
    about: 'A PEM file with the certificate and its chain. Read again on SIGHUP; open connections stay.',
  }),
  tlsKey: optional({
    variable: 'PARLEY_TLS_KEY',
    kind: text,
    group: 'Network',
    about: 'A PEM file with the private key of the certificate.',
  }),
  requireTls: standing({
    variable: 'PARLEY_REQUIRE_TLS',
    kind: flag,
    standard: false,
    inProduction: true,
    group: 'Network',
    about:
      'Refuse unencrypted connections from other machines, unless they come through a trusted proxy. Health checks are answered either way.',
  }),
  trustProxy: standing({
    variable: 'PARLEY_TRUST_PROXY',
    kind: flagOrList,
    standard: false,
    group: 'Network',
    about:
      'Whose `X-Forwarded-*` headers are believed: nobody’s (`off`), those of whoever connects directly (`on`), or those of addresses, ranges and range names (`10.0.0.0/8,loopback`).',
  }),
  privateTargets: standing({
    variable: 'PARLEY_PRIVATE_TARGETS',
    kind: flagOrList,
    standard: true,
    inProduction: false,
    group: 'Network',
    about:
      'Which private addresses hooks and webhooks may call: none (`off`), any but those of the link and the cloud (`on`), or those of addresses, ranges and range names (`10.0.0.0/8,loopback`).',
  }),
  dataDir: standing({
    variable: 'PARLEY_DATA_DIR',
    kind: text,
    standard: './data',
    group: 'Data',
    about: 'The folder of the embedded store. One process at a time may use it.',
  }),
  maxFileBytes: standing({
    variable: 'PARLEY_MAX_FILE_BYTES',
    kind: wholeNumber(1024, 5 * 1024 * 1024 * 1024),
    standard: 100 * 1024 * 1024,
    group: 'Files',
    about: 'A longer file is refused with 413.',
  }),
  filesUrl: optional({
    variable: 'PARLEY_FILES_URL',
    kind: webAddress,
    group: 'Files',
    about:
      'Where clients fetch uploaded files: another host name that leads to this server, so that what strangers uploaded is foreign to your pages. Without it, `PARLEY_PUBLIC_URL` or the address they asked at.',
  }),
  s3Bucket: optional({
    variable: 'PARLEY_S3_BUCKET',
    kind: text,
    group: 'Files',
    about:
      'A bucket of an S3-compatible store for uploaded files. Without it they are kept in the folder of the store.',
  }),
  s3Region: standing({
    variable: 'PARLEY_S3_REGION',
    kind: text,
    standard: 'us-east-1',
    group: 'Files',
    about: 'The region of the bucket. Many compatible stores take any.',
  }),
  s3Endpoint: optional({
    variable: 'PARLEY_S3_ENDPOINT',
    kind: webAddress,
    group: 'Files',
    about: 'Where the S3-compatible store is. Without it, Amazon’s own address of the region.',
  }),
  s3AccessKey: optional({
    variable: 'PARLEY_S3_ACCESS_KEY',
    kind: text,
    group: 'Files',
    about: 'The id of the key that may read, write and delete objects of the bucket.',
  }),
  s3SecretKey: optional({
    variable: 'PARLEY_S3_SECRET_KEY',
    kind: text,
    secret: true,
    group: 'Files',
    about: 'The secret of that key.',
  }),
  s3PathStyle: standing({
    variable: 'PARLEY_S3_PATH_STYLE',
    kind: flag,
    standard: false,
    group: 'Files',
    about: 'Name the bucket in the path instead of the host name, as many compatible stores want it.',
  }),
  s3Prefix: optional({
    variable: 'PARLEY_S3_PREFIX',
    kind: text,
    group: 'Files',
    about: 'In front of every key, where the bucket holds other things too.',
  }),
  appId: optional({
    variable: 'PARLEY_APP_ID',
    kind: token(9),
    group: 'App',
    about:
      'The id of the app, at least 9 characters. Bring the one your clients have; one is generated otherwise.',
  }),
  appKey: optional({
    variable: 'PARLEY_APP_KEY',
    kind: token(8),
    secret: true,
    group: 'App',
    about: 'The key that client SDKs hold. Generated at the first start and kept, unless given.',
  }),
  masterKey: optional({
    variable: 'PARLEY_MASTER_KEY',
    kind: token(16),
    secret: true,
    group: 'App',
    about:
      'The key of your own servers, which may do everything. Generated at the first start and kept, unless given. A new one ends all session tokens: clients log in once more.',
  }),
  demo: standing({
    variable: 'PARLEY_DEMO',
    kind: flag,
    standard: true,
    inProduction: false,
    group: 'App',
    about:
      'The chat page at `/`, with an app of its own (`parley-demo`) that anybody who reaches the page may use. Off, the app is not served either.',
  }),
  clientRateLimits: standing({
    variable: 'PARLEY_CLIENT_RATE_LIMITS',
    kind: flag,
    standard: true,
    group: 'Limits',
    about:
      'The operations-per-minute limits of each client of the app. Test suites and benchmarks turn them off.',
  }),
  loginTimeout: standing({
    variable: 'PARLEY_LOGIN_TIMEOUT',
    kind: wholeNumber(1, 3600),
    standard: 60,
    group: 'Limits',
    about:
      'Seconds in which a new connection must log in before it is closed with 4108. SDKs ask the app’s signing server in that time.',
  }),
  readTimeout: standing({
    variable: 'PARLEY_READ_TIMEOUT',
    kind: wholeNumber(10, 86_400),
    standard: 360,
    group: 'Limits',
    about:
      'Seconds of silence after which a connection is closed with 4107. SDKs send a heartbeat every 180 seconds.',
  }),
  maxFrameBytes: standing({
    variable: 'PARLEY_MAX_FRAME_BYTES',
    kind: wholeNumber(8 * 1024, 16 * 1024 * 1024),
    standard: 128 * 1024,
    group: 'Limits',
    about: 'A longer WebSocket frame closes the connection with 4109.',
  }),
  env: standing({
    variable: 'PARLEY_ENV',
    kind: oneOf('development', 'production'),
    standard: 'development',
    // Where NODE_ENV alone says it.
    inProduction: 'production',
    group: 'Operation',
    about:
      '`production` where strangers connect: see [security.md](../operating/security.md). Without it, `NODE_ENV=production` says the same.',
  }),
  plugins: standing({
    variable: 'PARLEY_PLUGINS',
    kind: plugins,
    standard: [],
    group: 'Operation',
    about:
      'Your own code, run by the server and asked in this order: see [the guide](../guides/plugins.md). Paths are relative to the file they stand in, or to the working directory. Changes take effect at the next start.',
  }),
  metricsToken: optional({
    variable: 'PARLEY_METRICS_TOKEN',
    kind: token(16),
    secret: true,
    group: 'Operation',
    about:
      'Who brings it as a bearer token reads `/metrics`, for Prometheus. Without it there are no metrics.',
  }),
  drainSeconds: standing({
    variable: 'PARLEY_DRAIN_SECONDS',
    kind: wholeNumber(0, 3600),
    standard: 10,
    group: 'Operation',
    about:
      'Seconds that clients get to move elsewhere after SIGTERM. A second signal ends the process at once.',
  }),
  logLevel: standing({
    variable: 'LOG_LEVEL',
    kind: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    standard: 'info',
    group: 'Operation',
    about: 'What is logged: this level and everything more serious.',
  }),
  logFormat: standing({
    variable: 'PARLEY_LOG_FORMAT',
    kind: oneOf('text', 'json'),
    standard: 'text',
    inProduction: 'json',
    group: 'Operation',
    about:
      '`text` greets with the keys and logs lines for people; `json` logs one JSON object a line and never prints the master key.',
  }),
} as const satisfies Readonly<Record<string, Option<unknown>>>;

export type OptionName = keyof typeof options;

type ValueOf<O> = O extends { readonly kind: OptionKind<infer T>; readonly standard: unknown }
  ? T
  : O extends { readonly kind: OptionKind<infer T> }
    ? T | undefined
    : never;

/** The deployment: a value for every option. Paths are as given; they are relative to the working directory. */
export type Config = { readonly [Name in OptionName]: ValueOf<(typeof options)[Name]> };

/** The option by its name, for code that treats all alike. */
export const optionEntries = Object.entries(options) as readonly (readonly [OptionName, Option<unknown>])[];
