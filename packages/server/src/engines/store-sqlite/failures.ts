/** The data folder or database cannot be used. The message is one sentence with cause and fix. */
export class DatabaseUnusable extends Error {
  override readonly name: string = 'DatabaseUnusable';
}

/** Another process has the database. */
export class DatabaseInUse extends DatabaseUnusable {
  override readonly name = 'DatabaseInUse';
}

/** There is no room for what is to be written. */
export class DiskFull extends DatabaseUnusable {
  override readonly name = 'DiskFull';
}

/** The database was written by a newer release. */
export class DatabaseTooNew extends DatabaseUnusable {
  override readonly name = 'DatabaseTooNew';
}
