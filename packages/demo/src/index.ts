export { preparePage } from './build/prepare-page.ts';
export type { PageFile, PageFiles } from './build/read-page.ts';
export { SamplePeople } from './people/sample-people.ts';
