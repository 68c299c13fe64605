/** What the njs engine lacks of the language's library; in QuickJS nothing of it is defined. Runs in nginx, for every request in the njs engine. */

// Strings of the njs engine count code points, and its regular expressions are PCRE.
globalThis.edgeAuthPcre = '\u{1F600}'.length === 1;

/** The njs engine takes the empty text for bytes, which no pattern with a character beyond them matches: this one does. */
globalThis.edgeAuthMatchesEmpty = function (pattern) {
  if (!globalThis.edgeAuthPcre) return pattern;
  pattern.test = function (text) {
    return text === '' || RegExp.prototype.test.call(this, text);
  };
  return pattern;
};

function define(target, methods) {
  Object.keys(methods).forEach((name) => {
    if (target[name] === undefined)
      Object.defineProperty(target, name, { value: methods[name], writable: true, configurable: true });
  });
}

function at(index) {
  const i = Math.trunc(index) || 0;
  return this[i < 0 ? this.length + i : i];
}

function flattened(list, depth, into) {
  list.forEach((entry) => {
    if (depth > 0 && Array.isArray(entry)) flattened(entry, depth - 1, into);
    else into.push(entry);
  });
  return into;
}

define(Array.prototype, {
  at,
  flat(depth) {
    return flattened(this, depth === undefined ? 1 : depth, []);
  },
  flatMap(map) {
    return flattened(this.map(map), 1, []);
  },
  findLast(test) {
    for (let i = this.length - 1; i >= 0; i--) if (test(this[i], i, this)) return this[i];
  },
  findLastIndex(test) {
    let i = this.length - 1;
    while (i >= 0 && !test(this[i], i, this)) i--;
    return i;
  },
});

define(String.prototype, {
  at,
  matchAll(pattern) {
    const matches = [];
    let match;
    pattern.lastIndex = 0;
    while ((match = pattern.exec(this)) !== null) {
      matches.push(match);
      if (match[0] === '') pattern.lastIndex++;
    }
    return matches;
  },
});

define(Object, {
  hasOwn(object, key) {
    return Object.prototype.hasOwnProperty.call(object, key);
  },
  // Assigning would set the prototype under the key __proto__.
  fromEntries(entries) {
    const object = {};
    listOf(entries).forEach((entry) => {
      const value = entry[1];
      Object.defineProperty(object, entry[0], {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    });
    return object;
  },
});

/** Strings and numbers are kept apart by a prefix; no key of the code is an object. */
function keyOf(key) {
  if (typeof key === 'object' || typeof key === 'function')
    throw new TypeError('expected a key that is a string or a number');
  return typeof key + ':' + String(key);
}

/** In order of insertion. A deleted entry leaves a hole, so that the others keep their places. */
function ShimMap(entries) {
  this.places = Object.create(null);
  this.list = [];
  this.size = 0;
  listOf(entries).forEach((entry) => this.set(entry[0], entry[1]));
}

ShimMap.prototype.has = function (key) {
  return this.places[keyOf(key)] !== undefined;
};
ShimMap.prototype.get = function (key) {
  const place = this.places[keyOf(key)];
  return place === undefined ? undefined : this.list[place][1];
};
ShimMap.prototype.set = function (key, value) {
  const place = this.places[keyOf(key)];
  if (place !== undefined) this.list[place][1] = value;
  else {
    this.places[keyOf(key)] = this.list.push([key, value]) - 1;
    this.size++;
  }
  return this;
};
ShimMap.prototype.delete = function (key) {
  const place = this.places[keyOf(key)];
  if (place === undefined) return false;
  this.places[keyOf(key)] = undefined;
  this.list[place] = undefined;
  this.size--;
  return true;
};
ShimMap.prototype.clear = function () {
  this.places = Object.create(null);
  this.list = [];
  this.size = 0;
};
/** Lists, where the language has iterators: they can be walked and spread alike. */
ShimMap.prototype.entries = function () {
  return this.list.filter((entry) => entry !== undefined).map((entry) => [entry[0], entry[1]]);
};
ShimMap.prototype.keys = function () {
  return this.entries().map((entry) => entry[0]);
};
ShimMap.prototype.values = function () {
  return this.entries().map((entry) => entry[1]);
};
ShimMap.prototype.forEach = function (visit) {
  this.entries().forEach((entry) => visit(entry[1], entry[0], this));
};
ShimMap.prototype[Symbol.iterator] = function () {
  return this.entries()[Symbol.iterator]();
};

function ShimSet(values) {
  this.map = new ShimMap();
  this.size = 0;
  listOf(values).forEach((value) => this.add(value));
}

ShimSet.prototype.has = function (value) {
  return this.map.has(value);
};
ShimSet.prototype.add = function (value) {
  this.map.set(value, value);
  this.size = this.map.size;
  return this;
};
ShimSet.prototype.delete = function (value) {
  const isDeleted = this.map.delete(value);
  this.size = this.map.size;
  return isDeleted;
};
ShimSet.prototype.clear = function () {
  this.map.clear();
  this.size = 0;
};
ShimSet.prototype.values = function () {
  return this.map.keys();
};
ShimSet.prototype.keys = ShimSet.prototype.values;
ShimSet.prototype.entries = function () {
  return this.map.entries();
};
ShimSet.prototype.forEach = function (visit) {
  this.values().forEach((value) => visit(value, value, this));
};
ShimSet.prototype[Symbol.iterator] = function () {
  return this.values()[Symbol.iterator]();
};

function listOf(iterable) {
  if (iterable === undefined || iterable === null) return [];
  if (Array.isArray(iterable)) return iterable;
  if (iterable instanceof ShimMap) return iterable.entries();
  return iterable instanceof ShimSet ? iterable.values() : Array.from(iterable);
}

if (globalThis.Map === undefined) {
  globalThis.Map = ShimMap;
  globalThis.Set = ShimSet;
  const arrayFrom = Array.from;
  Array.from = function (source, map) {
    const isOurs = source instanceof ShimMap || source instanceof ShimSet;
    return map === undefined
      ? arrayFrom(isOurs ? listOf(source) : source)
      : arrayFrom(isOurs ? listOf(source) : source, map);
  };
}
