/** Every sentence the widget shows. A municipality overrides them by key through /api/chat/config. */
export const texts = {
  launcher: "Spørg os",
  launcherUnread: "Spørg os. Du har nye beskeder",
  titleUnread: "({n}) Nyt svar · ",
  title: "Spørg os",
  close: "Luk chatten",
  restart: "Start forfra",
  restartQuestion: "Vil du starte forfra? Så forsvinder samtalen her fra skærmen.",
  restartQuestionHuman: "Vil du starte forfra? Så får du ikke svar fra et menneske.",
  restartYes: "Ja, start forfra",
  restartNo: "Nej, bliv her",
  human: "Tal med et menneske",
  log: "Samtale",
  inputLabel: "Skriv dit spørgsmål",
  send: "Send besked",
  privacy: "Skriv ikke dit CPR-nummer eller andre private oplysninger. Vi har ikke brug for dem for at hjælpe dig.",
  privacyShort: "Skriv ikke dit CPR-nummer her.",
  remaining: "{n} tegn tilbage",
  tooLong: "Din besked er {n} tegn for lang. Gør den kortere, eller del den i to.",
  authorCitizen: "Du skrev:",
  authorBot: "Robotten svarer:",
  authorHuman: "{name} svarer:",
  humanUnnamed: "En medarbejder",
  authorSystem: "Besked:",
  botTyping: "Skriver …",
  humanTyping: "{name} skriver …",
  newMessages: "Nye beskeder",
  newWindow: "(åbner i nyt vindue)",
  selfService: "Selvbetjening",
  information: "Læs mere",
  used: "(valgt)",
  sending: "Sender …",
  waiting: "Venter på forbindelse",
  rejected: "Ikke sendt",
  helpful: "Var det til hjælp?",
  helpfulYes: "Ja, det hjalp",
  helpfulNo: "Nej, det hjalp ikke",
  thanks: "Tak for dit svar.",
  commentOpen: "Skriv en kommentar",
  commentUp: "Hvad var godt? Du behøver ikke svare.",
  commentDown: "Hvad manglede? Du behøver ikke svare.",
  commentSend: "Send kommentar",
  commentThanks: "Tak for din kommentar.",
  offline: "Ingen forbindelse. Din besked sendes, når du er på nettet igen.",
  offlineAct: "Det kræver forbindelse. Prøv igen, når du er på nettet.",
  queued: "Du er i kø. Et menneske svarer dig snart.",
  queuedPlace: "Du er nummer {place} i køen. Et menneske svarer dig snart.",
  leaveQueue: "Fortryd",
  leaveQueueMore: "og gå ud af køen",
  letterInstead: "Læg en besked i stedet",
  withHuman: "Du taler med {name}.",
  leaveHuman: "Afslut og gå tilbage til robotten",
  leaveHumanQuestion: "Vil du afslutte samtalen med {name}? Så svarer robotten igen.",
  leaveHumanYes: "Ja, afslut",
  closed: "Samtalen er slut. Skriver du igen, svarer robotten.",
  sound: "Lyd, når der kommer svar",
  letterTitle: "Skriv en besked til os",
  letterLeavesQueue: "Når du har sendt beskeden, går du ud af køen.",
  letterName: "Navn",
  letterNameMissing: "Skriv dit navn.",
  letterContact: "Telefon eller e-mail",
  letterContactMissing: "Skriv et telefonnummer eller en e-mail, som vi kan svare dig på.",
  letterText: "Besked",
  letterTextMissing: "Skriv din besked.",
  letterPrivacy: "Kun medarbejdere i {municipality} kan læse det. Vi sletter det igen.",
  letterSend: "Send til {municipality}",
  letterClose: "Luk uden at sende",
  letterFailed: "Beskeden blev ikke sendt. Prøv igen.",
  municipality: "kommunen",
  unknownError: "Noget gik galt. Prøv igen om lidt.",
};

export type TextKey = keyof typeof texts;

/** Take the overrides that name a known text; anything else in the answer is ignored. */
export function overrideTexts(overrides: Record<string, unknown> = {}): void {
  for (const [key, value] of Object.entries(overrides)) {
    if (Object.prototype.hasOwnProperty.call(texts, key) && typeof value === "string" && value) {
      texts[key as TextKey] = value;
    }
  }
}

/** The text of `key` with its {placeholders} filled in. */
export function text(key: TextKey, values: Record<string, string | number> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
