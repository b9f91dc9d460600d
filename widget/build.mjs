// Builds the one file a web page needs: ../bot/server/static/odder-chat.js
import { readFile } from "node:fs/promises";
import * as esbuild from "esbuild";

/** Style sheets are bundled as minified strings: the component adopts them in its shadow root. */
const cssAsText = {
  name: "css-as-text",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code, loader: "text", watchFiles: [path] };
    });
  },
};

const options = {
  entryPoints: ["src/main.ts"],
  outfile: "../bot/server/static/odder-chat.js",
  bundle: true,
  minify: true,
  // A classic script, so that document.currentScript tells where the server is.
  format: "iife",
  // Constructable style sheets ask for browsers from 2023 on; these know all of ES2022.
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* <odder-chat>, EUPL-1.2. Built from widget/ by `npm run build`. */" },
  plugins: [cssAsText],
  logLevel: "info",
};

if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
}
