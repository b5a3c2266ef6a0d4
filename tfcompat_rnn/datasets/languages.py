"""Everyday sentences in five languages, for language recognition.

    from tfcompat_rnn.datasets import languages
    train, test = languages.documents(seed=0)
    train[0]            # ("de", "Der Zug nach Hamburg hatte eine Stunde ...")

All sentences were written for this package.
"""

import numpy as np

from tfcompat_rnn import _errors

SENTENCES = {
    "de": """
        Der Zug nach Hamburg hatte heute eine halbe Stunde Verspätung.
        Meine Schwester backt jeden Sonntag einen Kuchen mit Äpfeln.
        Kannst du mir bitte sagen, wo der nächste Bahnhof ist?
        Wir haben den ganzen Abend über das neue Buch gesprochen.
        Im Winter wird es hier schon um vier Uhr dunkel.
        Die Kinder spielen im Garten, bis es zu regnen beginnt.
        Ich möchte gern ein Zimmer mit Blick auf den See.
        Er hat seinen Schlüssel verloren und wartet vor der Tür.
        Morgen früh fahren wir mit dem Fahrrad in die Stadt.
        Das Fenster war offen, und der Wind bewegte die Vorhänge.
        Niemand wusste genau, warum die Brücke gesperrt worden war.
        Nach dem Essen trinken meine Eltern immer einen Kaffee.
        Auf dem Markt gibt es frisches Brot und viel Gemüse.
        Sie lernt seit zwei Jahren Geige und übt jeden Tag.
        Der alte Mann erzählte uns von seiner Reise über das Meer.
        Bitte schließen Sie die Tür, wenn Sie hinausgehen.
        Am Wochenende besuchen wir unsere Freunde in den Bergen.
        Der Arzt sagte, dass ich mehr schlafen und weniger arbeiten solle.
        Zwischen den Häusern fließt ein kleiner Bach durch das Dorf.
        Wenn die Sonne scheint, sitzen alle draußen auf den Bänken.
        """,
    "en": """
        The train to the coast was half an hour late this morning.
        My sister bakes a cake with apples every other Sunday.
        Could you please tell me where the nearest station is?
        We spent the whole evening talking about the new book.
        In winter it gets dark here at four in the afternoon.
        The children play in the garden until it starts to rain.
        I would like a room with a view of the lake, please.
        He has lost his key and is waiting outside the door.
        Tomorrow morning we are going to ride our bicycles into town.
        The window was open and the wind was moving the curtains.
        Nobody knew exactly why the bridge had been closed.
        After dinner my parents always drink a cup of coffee.
        There is fresh bread at the market and plenty of vegetables.
        She has been learning the violin for two years.
        The old man told us about his journey across the sea.
        Please close the door behind you when you leave.
        At the weekend we are visiting our friends in the mountains.
        The doctor said that I should sleep more and work less.
        A little stream flows through the village between the houses.
        When the sun is shining everyone sits outside on the benches.
        """,
    "es": """
        El tren a la costa llegó esta mañana con media hora de retraso.
        Mi hermana hace un pastel de manzana todos los domingos.
        ¿Me puede decir dónde está la estación más cercana?
        Pasamos toda la noche hablando del libro nuevo.
        En invierno aquí se hace de noche a las cinco de la tarde.
        Los niños juegan en el jardín hasta que empieza a llover.
        Quisiera una habitación con vistas al lago, por favor.
        Ha perdido la llave y está esperando delante de la puerta.
        Mañana por la mañana vamos en bicicleta a la ciudad.
        La ventana estaba abierta y el viento movía las cortinas.
        Nadie sabía exactamente por qué habían cerrado el puente.
        Después de comer, mis padres siempre toman un café.
        En el mercado hay pan recién hecho y muchas verduras.
        Ella estudia violín desde hace dos años y practica cada día.
        El viejo nos habló de su viaje al otro lado del mar.
        Cierre la puerta cuando salga, si es tan amable.
        El fin de semana visitamos a nuestros amigos en la montaña.
        El médico dijo que debo dormir más y trabajar menos.
        Un pequeño arroyo corre por el pueblo entre las casas.
        Cuando hace sol, todos se sientan fuera en los bancos.
        """,
    "fr": """
        Le train pour la côte avait ce matin une demi-heure de retard.
        Ma sœur fait un gâteau aux pommes tous les dimanches.
        Pouvez-vous me dire où se trouve la gare la plus proche ?
        Nous avons passé toute la soirée à parler du nouveau livre.
        En hiver, la nuit tombe ici dès cinq heures du soir.
        Les enfants jouent dans le jardin jusqu'à ce qu'il pleuve.
        Je voudrais une chambre avec vue sur le lac, s'il vous plaît.
        Il a perdu sa clé et il attend devant la porte.
        Demain matin, nous allons en ville à vélo.
        La fenêtre était ouverte et le vent agitait les rideaux.
        Personne ne savait pourquoi le pont avait été fermé.
        Après le repas, mes parents boivent toujours un café.
        Au marché, il y a du pain frais et beaucoup de légumes.
        Elle apprend le violon depuis deux ans et joue chaque jour.
        Le vieil homme nous a raconté son voyage de l'autre côté de la mer.
        Veuillez fermer la porte quand vous sortez.
        Ce week-end, nous rendons visite à nos amis à la montagne.
        Le médecin a dit que je devais dormir plus et travailler moins.
        Un petit ruisseau traverse le village entre les maisons.
        Quand il fait beau, tout le monde s'assoit dehors sur les bancs.
        """,
    "it": """
        Il treno per la costa stamattina aveva mezz'ora di ritardo.
        Mia sorella prepara una torta di mele ogni domenica.
        Mi può dire dove si trova la stazione più vicina?
        Abbiamo passato tutta la sera a parlare del nuovo libro.
        In inverno qui fa buio già alle cinque del pomeriggio.
        I bambini giocano in giardino finché non comincia a piovere.
        Vorrei una camera con vista sul lago, per favore.
        Ha perso la chiave e sta aspettando davanti alla porta.
        Domani mattina andiamo in città con le biciclette.
        La finestra era aperta e il vento muoveva le tende.
        Nessuno sapeva di preciso perché il ponte fosse chiuso.
        Dopo cena i miei genitori bevono sempre un caffè.
        Al mercato c'è il pane fresco e ci sono molte verdure.
        Lei studia il violino da due anni e si esercita ogni giorno.
        Il vecchio ci raccontò del suo viaggio dall'altra parte del mare.
        Chiuda la porta quando esce, per cortesia.
        Nel fine settimana andiamo a trovare gli amici in montagna.
        Il medico ha detto che devo dormire di più e lavorare di meno.
        Un piccolo ruscello attraversa il paese tra le case.
        Quando c'è il sole tutti si siedono fuori sulle panchine.
        """,
}


def sentences(language):
  """The list of sentences in one language.

  >>> sentences("en")[3]
  'We spent the whole evening talking about the new book.'

  Raises ArgumentError for a language that is not in `SENTENCES`.
  """
  if language not in SENTENCES:
    raise _errors.ArgumentError(_errors.problem(
        "language", f"be one of {', '.join(SENTENCES)}", repr(language),
        "choose one of these"))
  return [line.strip() for line in SENTENCES[language].strip().splitlines()]


def documents(count=200, sentences_each=(1, 4), held_out=5, seed=0):
  """Documents of a few sentences each, each in a single language.

  >>> train, test = documents(seed=0)
  >>> len(train), sorted({language for language, _ in train})
  (200, ['de', 'en', 'es', 'fr', 'it'])

  count: number of training documents; there are a quarter as many for testing.
  sentences_each: minimum and maximum number of sentences in a document.
  held_out: number of sentences of each language that are kept for the test
    documents. They are translations of one another, and none of them has a
    translation among the training sentences.

  Returns `(train, test)`, two lists of `(language, text)`. Raises ArgumentError
  for numbers that leave no sentences for one of the parts.
  """
  names = sorted(SENTENCES)
  total = len(sentences(names[0]))
  if not 1 <= held_out < total:
    raise _errors.ArgumentError(_errors.problem(
        "held_out", f"be 1 to {total - 1}", held_out,
        "leave sentences for both parts"))
  least, most = sentences_each
  if not 1 <= least <= most:
    raise _errors.ArgumentError(_errors.problem(
        "sentences_each", "be two numbers of at least 1, minimum and maximum",
        sentences_each, "pass for example (1, 4)"))
  random = np.random.RandomState(seed)
  order = random.permutation(total)

  def draw(places, how_many):
    found = []
    for number in range(how_many):
      language = names[number % len(names)]
      lines = sentences(language)
      length = random.randint(least, most + 1)
      chosen = random.choice(places, min(length, len(places)), replace=False)
      found.append((language, " ".join(lines[place] for place in chosen)))
    return [found[i] for i in random.permutation(how_many)]

  return (draw(order[held_out:], count),
          draw(order[:held_out], max(len(names), count // 4)))
