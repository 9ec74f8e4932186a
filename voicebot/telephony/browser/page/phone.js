// The browser phone: one button, a microphone, a socket. The key is kept for this tab alone and leaves the address bar.

import { caption, fresh, show } from "./captions.js";
import { Player } from "./player.js";

const KEPT = "voicebot-phone-key";
const KEYS = "0123456789*#";
const find = (id) => document.getElementById(id);

const REFUSED = {
  key: "That is not the key. Look it up in the settings of the bot (VOICEBOT_PHONE_KEY).",
  too_many: "Too many wrong keys. Please wait a minute, then try again.",
  full: "All lines are busy. Please try again in a moment.",
  origin: "Open this page at the public address of the bot (VOICEBOT_PUBLIC_URL).",
  failed: "The bot does not answer. Its log says why.",
};

const ENDED = {
  transfer: (team) => `You would now be put through to ${team}.`,
  message: (team) => `You would now leave a message for ${team}.`,
  goodbye: () => "The bot has ended the call.",
  hung_up: () => "The call is over.",
  full: () => REFUSED.full,
  refused: () => "The call was not let in. Please call again.",
  failed: () => "Something went wrong; on a telephone the call would now go on with a recording, or a person.",
  lost: () => "The connection broke. On a telephone the call would go on.",
};

let call = null; // the call under way

// --- the key -------------------------------------------------------------------------------------------------------

function takeKeyFromAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) {
    sessionStorage.setItem(KEPT, key);
    history.replaceState(null, "", location.pathname);
  }
  const known = Boolean(sessionStorage.getItem(KEPT));
  find("unlock").hidden = known;
  find("phone").hidden = !known;
  (known ? find("call") : find("key")).focus();
}

find("unlock").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEPT, find("key").value.trim());
  find("key").value = "";
  problem("");
  takeKeyFromAddress();
});
window.addEventListener("hashchange", takeKeyFromAddress);

function forgetKey() {
  sessionStorage.removeItem(KEPT);
  takeKeyFromAddress();
}

// --- a call --------------------------------------------------------------------------------------------------------

class Call {
  async ring() {
    const context = (this.context = new AudioContext());
    const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    if (!navigator.mediaDevices) throw new Problem("Microphones work over https, or on this very machine, alone.");
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: sound }).catch((error) => {
      const why = error.name === "NotAllowedError" ? "Allow the microphone for this page" : "Connect a microphone";
      throw new Problem(`${why}, then call again.`);
    });
    await context.audioWorklet.addModule("/phone/microphone.js");
    await context.resume();
    const started = await begin();
    this.player = new Player(context, (mark) => this.tell({ type: "played", mark }));
    this.connect(started);
    this.microphone = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0, channelCount: 1 });
    this.microphone.port.onmessage = (event) => this.send(event.data);
    context.createMediaStreamSource(this.stream).connect(this.microphone);
  }

  connect(started) {
    this.socket = new WebSocket(`${location.origin.replace("http", "ws")}/phone/socket`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.tell({ type: "start", ...started });
      status("You are connected. Speak when you like.");
    };
    this.socket.onmessage = (event) => this.take(event.data);
    this.socket.onclose = () => this.end("lost");
  }

  take(data) {
    if (data instanceof ArrayBuffer) return this.player.sound(new Uint8Array(data));
    const message = JSON.parse(data);
    switch (message.type) {
      case "mark":
        return this.player.mark(message.mark);
      case "clear":
        return this.player.clear();
      case "say":
        return this.player.say(message);
      case "event":
        return show(message);
      case "ended":
        return this.end(message.what, message.team);
    }
  }

  press(key) {
    this.tell({ type: "key", key });
  }

  hangUp() {
    this.tell({ type: "hang_up" });
    this.end("hung_up");
  }

  tell(message) {
    this.send(JSON.stringify(message));
  }

  send(data) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(data);
  }

  end(what, team) {
    if (call !== this) return;
    call = null;
    this.release();
    const words = ENDED[what](team);
    caption("Call", words, "call");
    status(words);
    idle();
  }

  release() {
    this.player?.close();
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
    this.context?.close();
  }
}

class Problem extends Error {}

async function begin() {
  const answer = await fetch("/phone/call", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key: sessionStorage.getItem(KEPT) }),
  }).catch(() => {
    throw new Problem(REFUSED.failed);
  });
  const body = await answer.json().catch(() => ({ error: "failed" }));
  if (answer.ok) return body;
  if (body.error === "key") forgetKey();
  throw new Problem(REFUSED[body.error] ?? REFUSED.failed);
}

async function ring() {
  const mine = (call = new Call());
  problem("");
  fresh();
  busy();
  try {
    await mine.ring();
  } catch (error) {
    call = null;
    mine.release();
    idle();
    status("");
    problem(error instanceof Problem ? error.message : `This browser cannot make the call (${error.message}).`);
  }
}

// --- the page ------------------------------------------------------------------------------------------------------

function busy() {
  find("call").textContent = "Hang up";
  find("call").classList.add("live");
  find("keypad").hidden = false;
  status("Ringing…");
}

function idle() {
  find("call").textContent = "Call";
  find("call").classList.remove("live");
  find("keypad").hidden = true;
  if (!find("phone").hidden) find("call").focus();
}

function status(words) {
  find("status").textContent = words;
}

function problem(words) {
  find("problem").textContent = words;
}

find("call").addEventListener("click", () => (call ? call.hangUp() : ring()));
find("keypad").addEventListener("click", (event) => {
  if (event.target.dataset.key) call?.press(event.target.dataset.key);
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
  if (call && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && KEYS.includes(event.key)) call.press(event.key);
});
window.addEventListener("pagehide", () => call?.hangUp());

takeKeyFromAddress();
