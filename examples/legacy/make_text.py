"""Small texts from a small grammar, for machines without a corpus."""
from __future__ import print_function

import numpy as np

CLASSES = {
    "animal": "cat dog horse fox crow goat hen mouse".split(),
    "person": "baker miller smith tailor teacher farmer sailor judge".split(),
    "food": "bread cheese soup honey apples fish rice milk".split(),
    "place": "town forest harbour market meadow castle village mill".split(),
    "colour": "red black white grey brown green yellow blue".split(),
    "number": "two three four five six seven eight nine".split(),
    "moves": "runs walks goes comes hurries returns".split(),
    "eats": "eats wants likes finds carries keeps".split(),
    "when": "today tomorrow always never often again".split(),
}
SENTENCES = [
    "the animal moves to the place when",
    "the colour animal eats the food",
    "the person moves to the place with number colour food",
    "the person eats number animal when",
    "a person and a animal when eats food in the place",
    "number person keeps the colour food in the place",
    "in the place the colour animal moves when",
]


def make_sentences(n_sentences, seed=42):
  """Lists of words; a word of a class stands where the class is named."""
  rnd = np.random.RandomState(seed)
  sentences = []
  for _ in range(n_sentences):
    pattern = SENTENCES[rnd.randint(len(SENTENCES))].split()
    sentences.append([CLASSES[w][rnd.randint(len(CLASSES[w]))]
                      if w in CLASSES else w for w in pattern])
  return sentences


def make_words(n_words, seed=42):
  words = []
  for sentence in make_sentences(n_words // 5 + 2, seed):
    words.extend(sentence + ["."])
  return words[:n_words]


# English, French, gender; then the French of "the" + adjective + noun
NOUNS = [("cat", "chat", "m"), ("dog", "chien", "m"), ("fish", "poisson", "m"),
         ("horse", "cheval", "m"), ("mouse", "souris", "f"),
         ("hen", "poule", "f"), ("goat", "chevre", "f"), ("cow", "vache", "f")]
BEFORE = [("small", "petit", "petite"), ("big", "grand", "grande"),
          ("pretty", "joli", "jolie")]
AFTER = [("black", "noir", "noire"), ("grey", "gris", "grise"),
         ("red", "rouge", "rouge")]
VERBS = [("sees", "voit"), ("follows", "suit"), ("likes", "aime"),
         ("looks for", "cherche")]


def _noun_phrase(rnd):
  english, french, gender = NOUNS[rnd.randint(len(NOUNS))]
  article = "le" if gender == "m" else "la"
  kind = rnd.randint(3)
  if kind == 0:
    return ["the", english], [article, french]
  adjectives = BEFORE if kind == 1 else AFTER
  adjective = adjectives[rnd.randint(len(adjectives))]
  translated = adjective[1] if gender == "m" else adjective[2]
  source = ["the", adjective[0], english]
  if kind == 1:
    return source, [article, translated, french]
  return source, [article, french, translated]


def make_pairs(n_pairs, seed=42):
  """Pairs of an English and a French sentence, as lists of words."""
  rnd = np.random.RandomState(seed)
  pairs = []
  for _ in range(n_pairs):
    subject, sujet = _noun_phrase(rnd)
    verb, verbe = VERBS[rnd.randint(len(VERBS))]
    thing, objet = _noun_phrase(rnd)
    pairs.append((subject + verb.split() + thing, sujet + [verbe] + objet))
  return pairs


if __name__ == "__main__":
  for sentence in make_sentences(5):
    print(" ".join(sentence) + " .")
  for english, french in make_pairs(5):
    print(" ".join(english), "=>", " ".join(french))
