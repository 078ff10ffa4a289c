// The words that scripts say. They stand in the page, in the language of the site, as data-* of the element
// #site-words; {name} in them stands for a value.

export function word(name, values = {}) {
  const found = document.getElementById("site-words")?.dataset[name] ?? "";
  return found.replace(/\{(\w+)\}/g, (sign, key) => values[key] ?? sign);
}
