// What is said, by whom, and what the bot made of it, as text on the page.

const find = (id) => document.getElementById(id);

let endpoint = null; // when the caller had stopped speaking, in seconds of the call, and how long she was waited for
let reply = null; // the turn whose reply has not begun yet, and the cell that is to say how long it took

export function fresh() {
  find("captions").replaceChildren();
  find("decisions").replaceChildren();
  find("so-far").textContent = "";
  endpoint = reply = null;
  find("conversation").hidden = false;
}

export function show(message) {
  switch (message.event) {
    case "prompt":
      caption("Bot", message.text, "bot");
      replied(message.at);
      break;
    case "speech":
      find("so-far").textContent = "Listening…";
      break;
    case "words_so_far":
      find("so-far").textContent = message.words;
      break;
    case "dismissed":
      find("so-far").textContent = "";
      break;
    case "endpoint":
      endpoint = { spoke: message.at - message.silence, silence: message.silence };
      break;
    case "turn":
      taken(message);
  }
}

function taken(message) {
  find("so-far").textContent = "";
  if (message.keys) caption("You pressed", message.keys, "you");
  else if (message.words) caption("You", message.words, "you");
  else caption("You", "(nothing that could be understood)", "you");
  const decision = message.decision;
  const heard = message.keys || message.words || "–";
  const named = decision ? [decision.name, decision.intent, percent(decision.confidence)].filter(Boolean).join(", ") : "–";
  const because = decision ? [decision.rule, decision.at].filter(Boolean).join(", ") : "–";
  const cells = { Heard: heard, Decision: named, Because: because, "Reply after": "…" };
  const row = document.createElement("tr");
  for (const [label, text] of Object.entries(cells)) {
    const cell = document.createElement("td");
    cell.dataset.label = label;
    cell.textContent = text;
    row.append(cell);
  }
  find("decisions").append(row);
  const since = message.keys || !endpoint ? { spoke: message.at, silence: 0 } : endpoint;
  reply = { cell: row.lastChild, waited: message.waited, ...since };
  endpoint = null;
}

function replied(at) {
  if (!reply) return; // a greeting, or the line that asks for a moment
  const parts = reply.silence ? `: ${reply.silence.toFixed(1)} s of silence, ${reply.waited.toFixed(1)} s for the words` : "";
  reply.cell.textContent = `${(at - reply.spoke).toFixed(1)} s${parts}`;
  reply = null;
}

function percent(confidence) {
  return confidence === null ? "" : `${Math.round(confidence * 100)} %`;
}

export function caption(who, text, kind) {
  const item = document.createElement("li");
  const name = document.createElement("b");
  const words = document.createElement("span");
  item.className = kind;
  name.textContent = who;
  words.textContent = text;
  // The bot's voice is to be heard already; a screen reader that talks over it helps nobody who does not ask for it.
  if (kind === "bot" && !find("aloud").checked) find("captions").setAttribute("aria-live", "off");
  else find("captions").setAttribute("aria-live", "polite");
  const goesOn = find("captions").lastElementChild?.className === kind;
  item.append(...(goesOn ? [words] : [name, words]));
  find("captions").append(item);
  find("captions").scrollTop = find("captions").scrollHeight;
}
