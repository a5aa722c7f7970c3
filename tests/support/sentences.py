"""Short reviews in several languages, and the encodings in which people store each language."""

SENTENCES = {
    "English": (
        "A quiet triumph, and the best film I have seen this year.", "The battery died after two days.",
        "Works great; would buy again!", "I can’t recommend this to anyone…", "Not bad for the price", "It is ok so far",
        "The café downstairs was lovely – great staff.", "Delivery took three weeks and nobody answered my emails.",
        "Is it worth £20? No.", "It was fine, I guess", "My kids love it and so do I!", "Terrible service: never again.",
    ),
    "German": (
        "Schöner Film, aber viel zu lang.", "Das Gerät ging nach zwei Tagen kaputt.", "Ich würde es jederzeit wieder kaufen!",
        "Größe passt überhaupt nicht", "Die Lieferung war pünktlich und gut verpackt.", "Für den Preis völlig in Ordnung.",
        "Leider sehr enttäuschend, schlechte Qualität.", "Hervorragend; tolles Hotel, nette Leute.",
    ),
    "French": (
        "Très bon film, à voir absolument !", "La qualité est décevante pour ce prix.", "Je l’ai reçu en deux jours, parfait.",
        "Ça ne marche pas du tout.", "Un séjour agréable, le personnel était charmant.", "L’écran s’est cassé dès la première semaine.",
        "Déçu : la taille ne correspond pas.", "Même ma mère a adoré ce cadeau.",
    ),
    "Spanish": (
        "Una película maravillosa, la mejor del año.", "El envío tardó demasiado y llegó roto.", "¡Me encantó, volveré a comprar!",
        "¿Por qué nadie contesta el teléfono?", "La habitación era pequeña pero cómoda.", "No funcionó ni un solo día.",
        "Muy buena atención del señor Núñez.", "Nunca más compraré aquí, qué decepción.",
    ),
    "Polish": (
        "Bardzo dobry film, polecam każdemu.", "Jakość gorsza niż się spodziewałem.", "Przesyłka dotarła szybko, świetna obsługa!",
        "Nie działa, proszę o zwrot pieniędzy.", "Łatwe w użyciu i ładnie wygląda.", "Strata czasu; źle napisana książka.",
        "Hotel był czysty, a śniadanie pyszne.", "Już po tygodniu przestało działać.",
    ),
    "Czech": (
        "Skvělý film, určitě doporučuji.", "Zboží přišlo poškozené a nikdo neodpovídá.", "Příjemné prostředí, výborné jídlo!",
        "Už nikdy více, hrozná zkušenost.", "Kvalita odpovídá ceně.", "Přístroj přestal po měsíci fungovat.",
        "Děkuji za rychlé dodání; všechno v pořádku.", "Nejhorší kniha, kterou jsem četl.",
    ),
    "Russian": (
        "Отличный фильм, всем советую!", "Телефон сломался через неделю.", "Очень плохое обслуживание, больше не приду.",
        "Доставили быстро, качество хорошее.", "Не понравилось: слишком дорого.", "Лучшая книга, что я читал в этом году.",
        "Нормально за свои деньги", "Деньги так и не вернули…",
    ),
    "Greek": (
        "Πολύ καλή ταινία, τη συνιστώ ανεπιφύλακτα.", "Χάλασε μετά από δύο μέρες.", "Εξαιρετική εξυπηρέτηση και νόστιμο φαγητό!",
        "Η ποιότητα δεν αξίζει τα λεφτά της.", "Δεν θα ξαναγοράσω ποτέ από εδώ.", "Όλα ήταν τέλεια, ευχαριστώ πολύ.",
    ),
    "Turkish": (
        "Çok güzel bir film, herkese öneririm.", "Ürün iki günde bozuldu, hiç memnun değilim.", "Kargo hızlı geldi, teşekkürler!",
        "Fiyatına göre oldukça iyi.", "Müşteri hizmetleri çok ilgisizdi.", "Şimdiye kadar okuduğum en kötü kitap.",
    ),
    "Chinese": (
        "这部电影真的很好看，推荐给大家。", "质量太差了，用了两天就坏了。", "物流很快，包装也不错。", "服务态度非常不好，不会再来了。",
        "价格便宜，性价比很高！", "一般般吧，没有想象中的好。", "酒店的房间很干净，早餐也很丰富。", "浪费时间，剧情无聊。",
    ),
    "Japanese": (
        "とても面白い映画でした。おすすめです。", "二日で壊れてしまいました。", "配送が早くて、梱包も丁寧でした！", "値段の割に品質が悪いと思います。",
        "スタッフの対応が素晴らしかった。", "もう二度と買いません。", "部屋は狭いけれど清潔でした。", "期待したほどではなかったが、まあまあです。",
    ),
    "Korean": (
        "정말 재미있는 영화였어요. 추천합니다.", "이틀 만에 고장이 났습니다.", "배송이 빠르고 포장도 좋았어요!", "가격에 비해 품질이 너무 나빠요.",
        "직원들이 아주 친절했습니다.", "다시는 사지 않겠습니다.",
    ),
}  # fmt: skip

# Legacy encodings, and the languages for which people use them.
ENCODINGS = {
    "cp1252": ("English", "German", "French", "Spanish"), "iso8859-15": ("German", "French"), "mac_roman": ("French", "Spanish"),
    "cp850": ("German", "Spanish"), "cp1250": ("Polish", "Czech"), "iso8859-2": ("Polish", "Czech"), "cp1251": ("Russian",),
    "koi8-r": ("Russian",), "cp866": ("Russian",), "cp1253": ("Greek",), "cp1254": ("Turkish",), "gb18030": ("Chinese",),
    "cp932": ("Japanese",), "euc_jp": ("Japanese",), "cp949": ("Korean",),
}  # fmt: skip
