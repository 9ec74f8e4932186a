// What the bot says, one thing after another: sound, words that the browser speaks itself, and marks between them.

const RATE = 8000;
const PATIENCE = 3; // seconds that a browser's voice may take beyond the estimate; some never say that they have ended

export class Player {
  constructor(context, onPlayed) {
    this.context = context;
    this.onPlayed = onPlayed;
    this.queue = [];
    this.playing = null; // ends what is being played
    this.closed = false;
  }

  sound(bytes) {
    this.add({ kind: "sound", bytes });
  }

  say(message) {
    this.add({ kind: "say", ...message });
  }

  mark(name) {
    this.add({ kind: "mark", name });
  }

  // Silence at once; the marks of what was not heard are given back all the same.
  clear() {
    const marks = this.queue.filter((each) => each.kind === "mark");
    this.queue = [];
    this.playing?.();
    marks.forEach((each) => this.onPlayed(each.name));
  }

  close() {
    this.closed = true;
    this.clear();
  }

  add(item) {
    if (this.closed) return;
    this.queue.push(item);
    if (!this.playing) this.next();
  }

  next() {
    while (!this.playing && this.queue.length) {
      const item = this.queue.shift();
      if (item.kind === "mark") this.onPlayed(item.name);
      else this.start(item);
    }
  }

  start(item) {
    let stop = () => {};
    const end = () => {
      if (this.playing !== end) return;
      this.playing = null;
      stop();
      this.next();
    };
    this.playing = end;
    stop = item.kind === "sound" ? this.play(item.bytes, end) : this.speak(item, end);
  }

  play(bytes, end) {
    const buffer = this.context.createBuffer(1, bytes.length, RATE);
    buffer.copyToChannel(Float32Array.from(bytes, decoded), 0);
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.context.destination);
    source.onended = end;
    source.start();
    return () => {
      source.onended = null;
      source.stop();
    };
  }

  speak(item, end) {
    const voices = window.speechSynthesis?.getVoices() ?? [];
    if (!voices.length) {
      const timer = setTimeout(end, item.seconds * 1000); // nobody can say it: it can be read meanwhile
      return () => clearTimeout(timer);
    }
    const words = new SpeechSynthesisUtterance(item.text);
    words.lang = item.language;
    words.rate = item.slow ? 0.8 : 1;
    words.onend = words.onerror = end;
    const timer = setTimeout(end, (item.seconds + PATIENCE) * 1000);
    speechSynthesis.speak(words);
    return () => {
      words.onend = words.onerror = null;
      clearTimeout(timer);
      speechSynthesis.cancel();
    };
  }
}

// One byte of µ-law (ITU-T G.711) to a sample of full scale ±1.
function decoded(byte) {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + 132) << ((code >> 4) & 7)) - 132;
  return (code & 0x80 ? -magnitude : magnitude) / 32768;
}
