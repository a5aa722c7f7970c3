"""How frequent the letters of each language are, for guessing an encoding. Only data."""

# The letters of each language by their cost in bits, from 2 up, in groups separated by "|": the rounded binary logarithm
# of their frequency in words with at least one letter outside ASCII. Counted in the word lists of wordfreq and, for
# Estonian, Serbian and Thai, in the translations of Django.
LETTERS = {
    "English": "|et|aoinsrh|ldcumf|gywpb|vk||jx|qz",
    "German": "|e|niürsatdä|hulöcmg|obwfk|zvp||j|y|x",
    "French": "|eé|santirulo|dàcpm|èv|êqfçgbh|jxô|yîùâ|ûzœ|k|wïë",
    "Spanish": "|ea|osnriló|dítucámp|éñ|bgqyúvhf|j|z|x|k|wü",
    "Portuguese": "|aeo|srãi|dnmtuéçcápl|íêóv|gqfbhúõ|àzj|âxô||ykw",
    "Italian": "|è|eiaàontlr|sùcdòu|pméìgv|hfbz|q|||kyw|íúxáó",
    "Dutch": "|e|néëaitord|slg|hvmkjuïwbpz|cèfó||üá|öçàyí|êxã|â",
    "Catalan": "|ea|slrint|oéduócmpà|èíòvb|qgfçúh|xj|yïü|z|á|wkñ",
    "Swedish": "|ä|åaetrnöi|sldomgk|vhfup|bcj|y||x|wé",
    "Norwegian": "å|e|ørtni|aslodgkm|ævfphu|bj|y||cé|w",
    "Danish": "|eå|rænøtdai|slogkm|vfhubp|j|y|cé||w|x",
    "Finnish": "ä|a|itnesol|kum|övjrhyp|d|||gbcf||w",
    "Icelandic": "||aðrniesí|átlgumþkfo|vhóæöúéd|jybp|ý||c|wx",
    "Polish": "||aieozn|łtsęwrcydkżmpją|óślućbg|h|ń|fź|||vx",
    "Czech": "||eoanít|sáilvdkměrpuj|žcřhézyčbšý|ů||fúg|ňďť|xwó",
    "Slovak": "||oaeni|tsrváklmdpu|žčjcýhíšzbéúyť|ľ|ôď|ňfgóä||xw|ĺ",
    "Hungarian": "|e|aétánls|ikmozrgy|ödvbóőh|jüípucfú|ű|||wx",
    "Slovenian": "|e|aočinš|rsjtlvžkdpm|zubg|hc||f||yw",
    "Croatian": "|a|oiešn|jsčrutdžkvmlćp|zgb|đc|h|f||y|w",
    "Romanian": "|eăa|irntu|clşîosţdpm|â|fvbg|zh|jx||ykw",
    "Lithuanian": "|ia|soter|unkėųšmlpdžv|ąjgįbūy|č|ęc|zf|h||xw",
    "Latvian": "|a|iāsteru|nkīēmovldp|jšzbgū|cņļ|ž|ķfģč|h",
    "Estonian": "|aä|setivõln|ukrmdpüh|gj|ob|ö||ž|š|åf",
    "Turkish": "|aı|einrl|küdmştsyuçob|ğözg|vhcp|f||j|wâ",
    "Vietnamese": "|n|ha\u0301ict\u0300\u0323|guo\u0309ưêđơ|ôm\u0302âvly\u0303|pberksă|d|qx\u0306",
    "Russian": "|о|еаитнсрв|лкдмпу|яыьгбзчй|жхшю|цэщф||ё||ъ",
    "Ukrainian": "|о|аніивтер|скудлмпз|яьбгйч|цхжїюшщ|є|ф",
    "Bulgarian": "|аоеи|тнсвр|дклмпз|яъгбчу|щжйц|хшф||ю",
    "Macedonian": "|аое|интсд|рвкмлп|угјзбш|чцж|ќф|њѓ|х|џ",
    "Serbian": "|аеи|онртс|кдмвулјпз|б|гшцчњ|жљфћх|ђ|||џć",
    "Greek": "|α|τοσιεν|ρπκμηυλίά|όέγδωήχ|θύφώβ|ξζ||ψ||ϊ",
    "Hebrew": "|יוה|לאתרבמש|עםנדכח|קפסןגזצ|טך||ף|ץ",
    "Arabic": "|ال|يمنو|رتعبدةفهكسأ|قحج|ىصشطخذإضث|زغءئ|ظ|آؤ",
    "Persian": "|ا|یرندهومبت|سکشل|زفخگعق|جحپآ|چطصي|ضغظذث|ئكژ",
    "Urdu": "|ای|کروہےنم|تلسبںد|پجھگع|ئفقشحزخٹچص|آطڈ|ڑضظغ|ذث|ؤء|هي",
    "Thai": "||่านอก|เร้ลมัีงยสห|ดบวคทไตปิใูจืุ์ข|แชะพผ็ถำณ|ซโฟึ|ธฤญษศภ|ฉฮ|ฎ|ฐํ๊",
    "Korean": (
        "|||이다는|에하고가을지의로서은아한|어도기사니있를나해리시그요인들자일게대라으스수만보제|면정주"
        "전부여거과장했상안마구었데오야내원우신적것성국되세위와무할동생소트드모|미진문중말화공까러비습간없분"
        "조저입개터유계치월같경회선년때연실바음관용더명학네영교당작좋방려않합래발건된단재며각운금람행남물알차"
        "등통번르던두타후프겠체크랑식|히너산역버임호포예결반잘님함심속업본레파직디감처런카못노았군받배매출양"
        "표피살든현많른법달난집민설였최형또불력키천걸강날울테싶청루종언약애코점워토추준께질외근태올참격렇름친"
        "초늘권온린따록목복새료편능"
    ),
    "Japanese": (
        "|||のいてなにたでしる|とはがかっをすもらうんれまーだ|こりあくよンさそけき|スやどおトえ人イわち"
        "ル日ねッめつラリクアじ|せみゃろ大本見出一タば分時ドレ事中言ロ思年行間カシプ気マジメフ生自コ方会上今"
        "バ前者ム子|的月チテょ入ずご国手キ作来何最女全サ無グ合場動ブパャ用ニ後目発オデ話定当ほ学感理性高部べ"
        "画使回私実地新ビ体下知ナ物へエ通力ダィュ対家同度業げ良名多開ウ持ミ代意金関変セ所長数内要戦|以ツ外社"
        "化現取ョぎ明結世ネ俺食好ズ法モ心楽考ベハ味成能ポ不機初少期様面書違ボ員小々先ガぞ車立問ケ市解報近ワ連"
        "番び記付加安仕ぶノ売ソ界田教特公表主品むェ選題必信ピ聞終電神続悪ホ料強ゲぐ決他男死確山可二語正東真相"
        "情道円文始集向彼達愛身受別在活美元ぁ買野位過着ぜ切ひ経重次水点送有保制第調三万式限設利海待ペざ引民店"
        "得起果組運県ヤ勝屋指約予"
    ),
    "Chinese": (
        "|||的|是一在|不了有人我国这为中个们他大|会和年来以上要到时对么你能就可发也地生说家于出后与成学"
        "过行用日自现多都没作|下得还开经动法好方而公事分吗看民政主月子之里本所新天最其同业定全进部如那当前实"
        "关美机但被工因样等什些长理很小去道面间然内只力起从并着电心区想体问种加及将员者重高意产点由已文合外女"
        "制网情三场无第应名市题此代真表正位|资相计建让明果给西次期系度该任或她两教通使怎化利比活认提特世更性"
        "知立结东手总入物数话做务展统目社设己战别影把受解信司回常向保军见变安何治报接它平爱论界议台又品选府组"
        "件少权至北记共决海运原斯视各持身式站联据直处始老反再车快路口量交今导打才感程科金基万完南规放改传术划"
        "院强元号需领门际图求管历单每非片水指觉队达办党先带布广亚游头书专几类级约告太十球二参候技师取必请集色"
    ),
    "Traditional": (
        "|||的|是一在|不了有人我國這為中們他大|會和年來以上要到時對你能就個箇可也地生說成學過行用日自現"
        "多都沒作|下得還開經動法好方而公事分嗎看民政主月子之本所新天最其業定全進部如那前麼么實關美但被工因樣"
        "等什些長理發髮很小去道傢家於于間然齣出內力起從電心區想後后問與与加及將員者重高意產點由已文外女情三場"
        "無第應名市題此代真正位|資相計建讓明果給西次期度該任或她兩教通使怎化利比活認提特世更性知立結東手總入"
        "物數話做務展裡里統目社設己戰影把受衕同解信司常當噹保軍見變安何治報接機机它平愛論界議又品選府組件少權"
        "至北記共決海運原斯視各持身式站聯麵面直處始老反再車快路口量交隻只今導打感程科金基完體体南規放種种改傳"
        "院強元號需領門際圖求管閤合單每非片水指覺隊達製制辦先帶網网廣亞頭書專類級約告太十球二候技師取必請集色"
        "錶表吧"
    ),
}
COSTS = {
    language: {letter: bits for bits, group in enumerate(groups.split("|"), start=2) for letter in group}
    for language, groups in LETTERS.items()
}
WESTERN = (
    "English", "German", "French", "Spanish", "Portuguese", "Italian", "Dutch", "Catalan", "Swedish", "Norwegian", "Danish",
    "Finnish", "Estonian", "Icelandic",
)  # fmt: skip
CENTRAL = ("Polish", "Czech", "Slovak", "Hungarian", "Slovenian", "Croatian", "Romanian")
BALTIC = ("Lithuanian", "Latvian", "Estonian")
CYRILLIC = ("Russian", "Ukrainian", "Bulgarian", "Macedonian", "Serbian")
LATIN = frozenset((*WESTERN, *CENTRAL, *BALTIC, "Turkish", "Vietnamese"))
CHINESE = ("Chinese", "Traditional")
EAST_ASIAN = frozenset((*CHINESE, "Japanese", "Korean"))
