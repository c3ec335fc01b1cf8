/** Why a file was not added, in a sentence for people. */
export class Refused extends Error {}
