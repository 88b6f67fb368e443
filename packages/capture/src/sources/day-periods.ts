/**
 * The words with which clocks tell the halves and quarters of a day, in every language of CLDR 48 and in the older spellings that
 * phones still write. Normalised: lower case, NFKC, without dots, spaces, hyphens and invisible marks.
 */

const BEFORE_NOON: readonly string[] = [
  "vm dienag dieoggend an ጥዋት በሌሊት ص فيالمساء ليلاً فجرًا فيالصباح صباحًا পূৰ্বাহ্ন am gecə sübh səhər",
  "сутринта ভোর সকাল ভোরবেলায় সকালবেলায় སྔ་དྲོ་ ujutro matinada matí dop ráno dopoledne ку ybore",
  "omnatten ommorgenen omformiddagen nachts morgens vorm vormittags སྔ་ཆ་ ŋdi fɔŋli πμ πρωί τοπρωί",
  "inthemorning atm delamadrugada delamañana hommikul goizald goizeko goizaldeko قظ نیمهشب بامداد صبح",
  "subaka ap aamulla aamup aamupäivällä matin dumatin rn damadrugada damañá સવારે sf safiya לפנותבוקר",
  "בוקר בבוקר सुबह de hajnal reggel délelőtt գիշերը առավոտյան գիշերվա pagi antemidí nụtụtụ ꎸꄑ fh",
  "aðnóttu aðmorgni dinotte dimattina 午前 פֿאַרמיטאָג isuk დილ დილით kiroko таңғы នៅពេលព្រឹក ಬೆಳಗ್ಗೆ 아침",
  "오전 اےایم bn тң эртеңменен moies ntɔ́ngɔ́ ກ່ອນທ່ຽງ ຕອນເຊົ້າ priešpiet naktis rytas dinda priekšp",
  "norīta претпл ноќе наутро претпладне പുലർച്ചെ രാവിലെ үө өглөө dimineața पहाट सकाळ pg tengahmalam",
  "နံနက် natt morg form pånatten påmorgenen påformiddagen पूर्वाह्न बिहान snachts sochtends fm pånatta",
  "påmorgonen wd ӕмбисбоныразмӕ ਸਵੇਰੇ rano przedpołudniem غم damanhã zmu утра صبح،منجهند ib iđitbeaivet",
  "nd ujutru පෙව මැදියමටපසු පාන්දර උදේ dopol dopoludnia zjut zjutraj dopoldan gh pd enatës emëngjesit",
  "eparadites ујутру hoseng påmorg påförm påförmiddagen alfajiri asubuhi அதிகாலை காலை ఉదయం ในตอนเช้า ቅቀ",
  "goöň günortadanöň ngumaga madalingaraw hh hengihengi öö sabah öğledenönce چب چۈشتىنبۇرۇن дп ночі",
  "ранку صبحمیں to ertalab sa sáng sub àárọ̀ banhaet 上午 凌晨 早上 清晨 entathakusa ekuseni ꮜꮎꮄ بن নুমাং এএম",
  "ᱥᱮᱛᱟᱜ सकाळीं 上晝 朝早 madrugada mañana dumat то эрталаб dopołdnja znacht ammorge सवेर भोर फुं ntufat",
  "kurãge kusãgki pitunaetéramẽ kuêmaramẽ эи ⵜⵉⴼⴰⵡⵜ zdatazal uhrvörmiddaachs mbaʼámbaʼ ам ҝеҹә сүбһ",
  "сәһәр преподне 새벽 قبلازظهر قبلظهر ก่อนเที่ยง पूर्वाह्ण পূর্বাহ্ণ পূর্বাহ্ন પૂર્વમધ્યાહ્ન قبلدوپہر",
  "paradite pasmesnate prijepodne pripodne прије прeподне ante antes صباح صباحا الصباح alepeli",
  "vormittag дополудни a",
];

const AFTER_NOON: readonly string[] = [
  "du in",
  "nm diemiddag dieaand anw ከሰዓት ቀትር በምሽት م ظهرًا بعدالظهر مساءً অপৰাহ্ন pm günorta gündüz axşamüstü",
  "axşam следобед вечерта দুপুর বিকাল সন্ধ্যা দুপুরবেলায় সন্ধ্যাবেলায় ཕྱི་དྲོ་ gm podne poslijepodne",
  "navečer migdia tarda vespre nit odp pol več poledne odpoledne večer кх canoldydd yprynhawn yrhwyr",
  "omeftermiddagen omaftenen mittags nachm abends nachmittags ཕྱི་ཆ་ ɣetrɔ ŋdɔ fiẽ μμ μεσημ απόγ",
  "τομεσημέρι τοαπόγευμα intheafternoon intheevening atnight ptm delatarde delanoche keskpäeval",
  "pärastlõunal õhtul eguerd arrats iluntz gaueko eguerdiko arratsaldeko iluntzeko بظ ظهر عصر شب",
  "بعدازظهر kikiiɗe keskip iltap illalla keskipäivällä iltapäivällä aprèsmidi soir delaprèsmidi dusoir",
  "f domediodía datarde danoite બપોરે સાંજે ym yamma צהריים אחרהצהריים ערב בצהריים בערב दोपहर शाम",
  "popodne dél este délután կեսօր ցերեկը երեկոյան կեսօրին ցերեկվա sore malam posmidí nabalị nabali ꁯꋒ",
  "eh hádegi síðdegis aðkvöldi dipomeriggio disera delpomeriggio 午後 夕方 נאָכמיטאָג wengi შუადღ ნაშუადღ",
  "საღ შუადღეს ნაშუადღევს საღამოს hwaĩinĩ түскі түстенкейінгі кешкі ថ្ងៃត្រង់ នៅពេលរសៀល នៅពេលល្ងាច",
  "នៅពេលយប់ ಮಧ್ಯಾಹ್ನ ಸಂಜೆ 오후 저녁 پیایم pn тк чактүш түштөнкийин кечинде nomëttes mpókwa ຫຼັງທ່ຽງ ຕອນທ່ຽງ",
  "ຕອນບ່າຍ ຕອນແລງ popiet perpiet popietė vakaras dilolo pēcp pusd pēcpusd vakarā pusdienlaikā",
  "pēcpusdienā попл напладне попладне навечер ഉച്ച ഉച്ചയ്ക്ക് ഉച്ചതിരിഞ്ഞ് വൈകുന്നേരം സന്ധ്യ үх үддунд",
  "өдөр орой amiază dupăamiaza seara laamiază मध्यान्ह दुपार संध्याकाळ ptg petang ညနေ မွန်းတည့် နေ့လယ်",
  "etterm kveld påettermiddagen påkvelden अपराह्न अपरान्ह साँझ बेलुकी smiddags savonds em wb",
  "ӕмбисбоныфӕстӕ ਦੁਪਹਿਰੇ ਸ਼ਾਮੀਂ wpołudnie popołudniu wieczorem غو zmw полд дня вечера полдень شام",
  "منجهند،شام eb eahketbeaivet lk uveče පව මධ්යාහ්නය දවල් හවස රෑ napol popol napoludnie popoludní pop",
  "opold zveč opoldne popoldan zvečer gd md emesditës epasdites embrëmjes подне поподне увече thapama",
  "påefterm påkvällen påeftermiddagen adhuhuri mchana jioni saasitazamchana நண்பகல் மதியம் பிற்பகல்",
  "மாலை அந்திமாலை మధ్యాహ్నం సాయంత్రం บ่าย ในตอนเย็น ค่ํา ድቀ gosoň günortadansoň tanghalingtapat nghapon",
  "nggabi ea efiafi ös öğle öğledensonra akşamüstü akşam چك چۈشتىنكېيىن пп вечора دوپہر سہپہر دوپہرمیں",
  "شاممیں tk tushpayti kechqurun ch tr chiều tối trưa ngo ọ̀sán banringzgvaq 下午 晚上 ntambama ebusuku",
  "ꮢꭿᏹꭲ ꭲꭶ ꮢꭿᏹꭲꮧꮲ دن পিএম ᱧᱤᱫᱟᱹ दनपार सांज दनपारां सांजे 下晝 夜晚 tarde noche тушпайти кечқурун popołdnju",
  "wótp wótpołdnja nam zmittag amnamittag zaabig सञ दपैहरबाद सांझ बेलासे ntmeddit kurãkuju rãkãnhkỹ",
  "kutykỹ iandéarapyturepé karukaramẽ pitunaramẽ эк ⵜⴰⴷⴳⴳⵡⴰⵜ ḍeffiraza uhrnommendaachs ncwònzém ep пм",
  "ҝүнорта ҝүндүз ахшамүстү ахшам уподне ip หลังเที่ยง अपराह्ण অপরাহ্ণ অপরাহ্ন ઉત્તરમધ્યાહ્ન بعددوپہر",
  "pasdite مساء مساءا المساء afternoon nachmittag пополудни пополудне p",
];

/** Around noon: 10 and 11 stand before it, 12 and later after it. */
const AROUND_NOON: readonly string[] = [
  "наобяд siang kunduzi кундузи emini 中午 正午 noon midday mediodía delmediodía m tengahhari 정오 เที่ยง",
  "midi dumidi 昼 meiodia mezzogiorno",
];

/** Night: 6 to 11 stand before midnight, 12 and 1 to 5 after it. */
const NIGHT: readonly string[] = [
  "презнощта রাত্রি রাত্রিবেলায় রাত ponoći vn vnoci zã βράδυ τοβράδυ öösel yöllä રાત્રે לילה בלילה रात",
  "noću éjjel 夜中 ღამ ღამით түнгі ರಾತ್ರಿ 밤 түничинде ກາງຄືນ ຕອນກາງຄືນ naktī രാത്രി шөнө noaptea रात्र",
  "ਰਾਤੀਂ wnocy ночи ponoči ноћу usiku இரவு రాత్రి กลางคืน gece رات راتمیں kechasi đêm राती кечаси 半夜 午夜",
  "深夜 midnight ليلا",
];

/** What a day-period word says of an hour on a 12-hour clock. */
type DayPeriod = "before-noon" | "after-noon" | "around-noon" | "night";

function buildPeriods(): ReadonlyMap<string, DayPeriod> {
  const periods = new Map<string, DayPeriod>();
  const add = (lines: readonly string[], period: DayPeriod): void => {
    for (const line of lines) for (const word of line.split(" ")) periods.set(normaliseWord(word), period);
  };
  add(BEFORE_NOON, "before-noon");
  add(AFTER_NOON, "after-noon");
  add(AROUND_NOON, "around-noon");
  add(NIGHT, "night");
  return periods;
}

const UNSPOKEN = /[\s.,،、()·'’\-\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff]/gu;

/** The form under which a word is looked up. */
export function normaliseWord(word: string): string {
  return word.normalize("NFKC").toLowerCase().replace(UNSPOKEN, "");
}

const PERIODS = buildPeriods();

/** The day period of a normalised word; undefined when it is not one. */
export function findDayPeriod(word: string): DayPeriod | undefined {
  return PERIODS.get(word);
}

/** The hour on a 24-hour clock. An hour above 12 already is one; the word is then only decoration. */
export function toHour24(hour: number, period: DayPeriod): number {
  if (hour > 12) return hour;
  const hour12 = hour % 12;
  if (period === "before-noon") return hour12;
  if (period === "after-noon") return hour12 + 12;
  if (period === "around-noon") return hour12 >= 10 ? hour12 : hour12 + 12;
  return hour12 < 6 ? hour12 : hour12 + 12;
}
