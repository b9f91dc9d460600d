// nlp.js with its Danish stemmer, as its documentation sets it up.
// `node peer.js train EXAMPLES MODEL`, `node peer.js answer MODEL TEXTS ANSWERS`: the same contract as bench/rasa_nlu.py.
"use strict";

const fs = require("node:fs");
const { performance } = require("node:perf_hooks");
const { containerBootstrap } = require("@nlpjs/core");
const { Nlp } = require("@nlpjs/nlp");
const { LangDa } = require("@nlpjs/lang-da");

const LANGUAGE = "da";

async function emptyBot() {
  const container = await containerBootstrap();
  container.use(Nlp);
  container.use(LangDa);
  const bot = container.get("nlp");
  bot.settings.autoSave = false;
  return bot;
}

async function train(examples, model) {
  const bot = await emptyBot();
  bot.addLanguage(LANGUAGE);
  for (const [service, texts] of Object.entries(JSON.parse(fs.readFileSync(examples, "utf8")))) {
    for (const text of texts) bot.addDocument(LANGUAGE, text, service);
  }
  await bot.train();
  fs.writeFileSync(model, bot.export());
}

async function answer(model, texts, answers) {
  const bot = await emptyBot();
  bot.import(fs.readFileSync(model, "utf8"));
  await bot.process(LANGUAGE, "hej");
  console.log("ready");
  const found = [];
  for (const text of JSON.parse(fs.readFileSync(texts, "utf8"))) {
    const begun = performance.now();
    const { classifications } = await bot.process(LANGUAGE, text);
    found.push({ ranking: classifications.map(({ intent }) => intent), seconds: (performance.now() - begun) / 1000 });
  }
  fs.writeFileSync(answers, JSON.stringify(found));
}

const [act, ...files] = process.argv.slice(2);
(act === "train" ? train : answer)(...files).catch((error) => {
  console.error(error);
  process.exit(1);
});
