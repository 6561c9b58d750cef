/** The group of version 1.1 in the documentation. */
export const tag = 'Version 1.1';
