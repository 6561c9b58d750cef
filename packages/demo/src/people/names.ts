/** The client ids of the sample people, which are their names too. */
export const MEI = 'Mei';
export const LEO = 'Leo';
export const sampleNames: readonly string[] = [MEI, LEO];

/** What the conversations of the page carry in their attributes. */
export type Language = 'en' | 'zh';
export const languages: readonly Language[] = ['en', 'zh'];

/** The kinds of conversations that the sample people make, by the attribute `sample`. */
export const HIKE = 'hike';
export const SQUARE = 'square';

/** A picture that comes with the page. */
export const RIDGE = '/demo/pictures/ridge.svg';
