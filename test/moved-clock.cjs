// Loaded by `node --require` into every Node process and thread of a test run: the date of now is MOVED_CLOCK seconds
// away. What measures time (setTimeout, performance) stays.

const Real = Date;
const OFFSET = Number(process.env.MOVED_CLOCK) * 1000;

function MovedDate(...given) {
  if (!new.target) return new MovedDate().toString();
  return Reflect.construct(Real, given.length > 0 ? given : [MovedDate.now()], new.target);
}
MovedDate.prototype = Real.prototype;
MovedDate.prototype.constructor = MovedDate;
MovedDate.now = () => Real.now() + OFFSET;
Object.setPrototypeOf(MovedDate, Real);
globalThis.Date = MovedDate;
