/** English nouns and verbs by field of life: what a diary moves in when it goes on with a matter without naming it. */
export const englishFields: Readonly<Record<string, string>> = {
  health:
    "hip op operation surgery hospital ward clinic crutches scan xray nurse doctor gp pain fracture bandage cast plaster physio medicine tablets pills knee ankle wrist shoulder elbow recovery groggy infirmary surgeon consultant diagnosis results biopsy chemo heart chest fever flu ambulance a&e stitches anaesthetic rash therapy injection vaccine sling sprain migraine strain cough infection stroke discharged admitted benign lump tumour symptoms prescription antibiotics inhaler asthma diabetes insulin dialysis transplant rehab wheelchair walker hospice specialist referral appointment blood pressure cholesterol thyroid allergy swollen limp rotation vitamins concussion pneumonia",
  teeth: "dentist tooth teeth filling crown root canal wisdom braces gum hygienist molar denture extraction jaw drill",
  eyes: "eye eyes cataract glasses optician sight lens lenses blind patch squint",
  wedding:
    "wedding bride groom bridesmaid bridesmaids vows venue rsvp reception ceremony engaged ring honeymoon best_man hen stag invitation invitations invite dress veil bouquet registry confetti aisle toast seating church caterer",
  home: "boiler landlord landlady rent lease flat keys plumber heating leak tenant deposit mortgage boxes mattress move moving removal viewing unpack unpacked estate agent surveyor solicitor completion exchange housewarming radiator landing loft cellar roof damp tiles builder builders scaffolding extension electrician sofa bed furniture wardrobe wallpaper decorating paint fence panels pergola gate",
  music:
    "choir concert sang sing song songs alto soprano tenor bass band gig rehearsal rehearses drums drummer guitar cello violin viola flute trumpet piano recital conservatory strings setlist orchestra tambourine encore amp bassist singer album studio chorus conductor solo audition",
  stage:
    "play audition stage cast rehearsal lines script theatre costume director understudy curtain panto musical improv role lead",
  car: "van car clutch garage mechanic brakes mot belt tyre tyres engine petrol tank diesel battery exhaust drive lift lifts motorway parking driving licence instructor lesson lessons theory roundabout dent bumper windscreen insurance tow breakdown gearbox",
  motorbike: "motorbike bike helmet leathers scooter moped bicycle saddle pedal chain puncture cycling",
  baby: "baby due pregnant pregnancy crib cot birth born midwife scan kilos nursery contractions newborn pram bump nappies feed cradle waters labour ultrasound antenatal twins naming lullaby",
  school:
    "school class teacher exam exams homework term thesis viva supervisor lecture uni university degree dissertation tutor essay revision grades marks pupil lesson coursework history romans vikings maths spelling detention headteacher gcse levels results classroom parents_evening report uniform college campus professor scholarship deadline phd",
  court:
    "court hearing judge lawyer solicitor witness case dismissed trial verdict barrister bench appeal jury testimony custody bail statement magistrate sentence",
  police: "police stolen burglar burglary theft officer reported locks alarm insurance claim thief cctv",
  work: "job boss office client manager contract promotion shift meeting deadline account project colleague payroll overtime offer salary hired fired invoice desk team interview probation handover notice appraisal redundancy redundant onboarding startup pitch investor budget quarterly audit report slides presentation demo conference keynote raise union strike leave rota",
  travel:
    "flight airport visa embassy passport plane train ticket tickets hotel suitcase trip border luggage packing itinerary hostel ferry cruise beach abroad landed layover customs boarding holiday camping tent campsite lakes",
  water:
    "canoe kayak river boat sail sailing capsized paddle rowing oar lake lifejacket harbour regatta wye dinghy mooring swim swimming pool lengths surf wetsuit",
  sport:
    "match game goal coach team race marathon run running training league tournament trials nationals boots vest trainers medal record won lost finish miles km pace pb jog half goalkeeper keeper striker referee penalty cup final pitch squad physio bib gym lifts weights",
  climbing: "climb climbing bouldering rope harness summit hike trail mountain peak trek ridge",
  pets: "dog cat puppy vet vets kennel lead walkies kitten paw fur collar bark tail cone litter rescue leash treats hamster rabbit cage flea hens chickens coop eggs rooster",
  horse: "horse pony stable stables saddle riding hooves farrier gallop reins jockey",
  farm: "farm tractor sheep lambs lambing cows calf herd milking barn field harvest hay crop ewe",
  wood: "table walnut wood workshop bench saw plane oak dovetail carpentry joinery sanding varnish shelf shelves drill screws",
  pottery: "pottery bowl kiln clay glaze wheel mug vase studio fired",
  knitting:
    "knit knitting knitted wool yarn needles sleeve cardigan jumper scarf crochet stitch sew sewing hem fabric quilt",
  verse: "poem poems reading speech verse eulogy toast sermon",
  writing:
    "novel manuscript draft chapter chapters editor publisher agent submission rejection pages plot edits book_deal",
  art: "painting exhibition gallery canvas sketch portrait brush frame easel sculpture",
  money:
    "owe owes owed lent borrowed paid pay debt euros quid pounds dollars payday transfer transferred account deposit rent loan repaid bank refund savings",
  party:
    "party cake candles birthday surprise balloons guests chairs dance danced champagne tiers presents gift card wrapping invitations bunting marquee",
  food: "peanuts nuts allergy thai restaurant menu chef shellfish prawns dairy gluten lactose vegan vegetarian epipen hives ingredients",
  baking: "cake baking oven bake icing dough sourdough starter loaf bread flour tiers bakery buns crust",
  cooking:
    "lasagne casserole kitchen dinner roast tagine stew recipe cook cooked thirds oven pan marmalade jam oranges pickle",
  garden:
    "garden allotment tomatoes seeds plot courgettes greenhouse compost harvest marrow marrows roses slugs dug spade seedlings beans weeds pumpkin lawn",
  bees: "bees hive hives honey beekeeper swarm queen smoker frames",
  shop: "shop bakery cafe opening queue customers stall launch counter till stock market_stall franchise",
  faith:
    "church priest vicar mass sermon baptism christening confirmation mosque imam temple synagogue prayer parish pew hymn font godmother godfather",
  death: "funeral died death coffin ashes grave cemetery wake mourning will probate widow widower condolences eulogy",
  volunteering:
    "volunteering volunteer food_bank tins charity donations larder fundraiser raffle sponsor soup_kitchen shelter",
  computer:
    "laptop code server bug app website deploy backup password disk screen keyboard printer wifi router crash hacked",
  phone: "phone sim screen cracked charger text number contract voicemail",
  diet: "sugar diet smoking cigarettes quit drinking sober dry vape patches fasting cracked",
  army: "army deployment barracks sergeant leave regiment uniform posting navy ship",
  election: "vote election council candidate campaign petition leaflets ballot mayor",
  exhibition: "museum tour guide exhibit tickets",
  secret: "secret secrecy sworn surprise",
  games: "chess board_game league dungeon dice campaign quiz trivia cards poker bridge puzzle jigsaw",
  photo: "camera photos album lens wedding_photos darkroom film_roll negatives portrait shoot",
  astronomy: "telescope stars eclipse comet moon planet",
};
