/** Made by the build: see `build/fonts.ts`. */
declare module "virtual:xiaolai" {
  const faces: readonly import("./xiaolai").FontSource[];
  export default faces;
}
