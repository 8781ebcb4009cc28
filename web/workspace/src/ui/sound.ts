// Two sounds only: your turn, and a deadline that broke. Made on the spot, no files.
const KEY = "tongxi.sound";
let context: AudioContext | undefined;

export function soundOn(): boolean {
  return localStorage.getItem(KEY) !== "off";
}

export function setSound(on: boolean): void {
  localStorage.setItem(KEY, on ? "on" : "off");
}

const TONES = { turn: [660, 880], breach: [440, 330] } as const;

export function play(what: keyof typeof TONES): void {
  if (!soundOn() || !("AudioContext" in window)) return;
  context ??= new AudioContext();
  if (context.state === "suspended") return; // the browser wants a click first
  const start = context.currentTime;
  TONES[what].forEach((frequency, i) => {
    const from = start + i * 0.14;
    const tone = new OscillatorNode(context as AudioContext, { frequency, type: "sine" });
    const gain = new GainNode(context as AudioContext, { gain: 0 });
    gain.gain.linearRampToValueAtTime(0.12, from + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, from + 0.22);
    tone.connect(gain).connect((context as AudioContext).destination);
    tone.start(from);
    tone.stop(from + 0.24);
  });
}

/** Sound needs one gesture; called on the first click. */
export function wakeSound(): void {
  if (soundOn() && "AudioContext" in window) {
    context ??= new AudioContext();
    void context.resume();
  }
}
