/** Stands for the list of font files that the build makes: no test draws with that font. */
export default [];
