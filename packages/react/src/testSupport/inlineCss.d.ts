/** A style sheet as text: Vite reads it for a test. */
declare module '*.css?inline' {
  const css: string;
  export default css;
}
