// The microphone as telephones carry it: 8 kHz, µ-law, 160 bytes every 20 ms. Runs in the audio thread.

const RATE = 8000;
const FRAME = 160;
const LOBES = 8; // of the windowed sinc on either side: enough to keep what is above 4 kHz from folding into speech
const CUTOFF = 0.92; // of 4 kHz

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.half = Math.ceil(LOBES * this.step);
    this.input = new Float32Array(0);
    this.place = this.half; // of the next sample to make, in samples of the input
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
  }

  process(inputs) {
    const channel = inputs[0][0];
    if (!channel) return true;
    const joined = new Float32Array(this.input.length + channel.length);
    joined.set(this.input);
    joined.set(channel, this.input.length);
    this.input = joined;
    while (this.place + this.half < this.input.length) {
      this.add(ulaw(this.sample()));
      this.place += this.step;
    }
    const done = Math.max(0, Math.floor(this.place) - this.half);
    this.input = this.input.slice(done);
    this.place -= done;
    return true;
  }

  // Band-limited interpolation: a Hann-windowed sinc round the place of the sample.
  sample() {
    const middle = Math.floor(this.place);
    let sum = 0;
    let weights = 0;
    for (let at = middle - this.half + 1; at <= middle + this.half; at++) {
      const distance = (at - this.place) / this.step;
      const x = Math.PI * distance * CUTOFF;
      const sinc = Math.abs(x) < 1e-6 ? 1 : Math.sin(x) / x;
      const weight = sinc * (0.5 + 0.5 * Math.cos((Math.PI * distance) / (LOBES + 1)));
      sum += weight * this.input[at];
      weights += weight;
    }
    return sum / weights;
  }

  add(byte) {
    this.frame[this.filled++] = byte;
    if (this.filled === FRAME) {
      this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
      this.frame = new Uint8Array(FRAME);
      this.filled = 0;
    }
  }
}

// ITU-T G.711: sign, exponent, mantissa, all inverted.
function ulaw(sample) {
  const value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
  const sign = value < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(value), 32635) + 132;
  let exponent = 7;
  for (let bit = 0x4000; exponent > 0 && !(magnitude & bit); bit >>= 1) exponent--;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

registerProcessor("microphone", Microphone);
