/**
 * Words that carry grammar and no matter. They are indexed (a phrase may need them) and left out of a query's words,
 * unless the query has no others. Languages without a list here do with inverse document frequency alone.
 */
const STOP_WORDS: Readonly<Record<string, string>> = {
  en: `a an the and or but if then else so nor of in on at by for from to into onto with without about as than that this these those
it its is am are was were be been being do does did done doing has have had having will would shall should can could may might must
i me my mine myself we us our ours you your yours he him his she her hers they them their theirs himself herself themselves itself
what which who whom whose when where why how there here not no yes any some such own same too very just also only over under again
up down out off s t re ve ll d m don didn doesn isn wasn aren weren won wouldn couldn shouldn hasn haven hadn
while during before after since until because between both each few more most other through
tell say said get got please let ever`,
  de: `der die das den dem des ein eine einer eines einem einen und oder aber wenn dann als wie wo wer was wann warum welche welcher welches
ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen mein dein sein unser euer ist sind war waren bin bist sei wird werden
wurde wurden habe hat haben hatte hatten kann konnte muss soll will nicht kein keine ja nein auch nur noch schon sehr mit ohne von vom zu zum
zur in im an am auf aus bei für über unter nach vor durch um dass daß ob so da hier dort man sich
wem wen wessen wohin woher wieso weshalb wozu wofür womit wovon wogegen woran worauf woraus worin worüber worum wobei wonach wieviel wieviele
welchen welchem meine meinen meiner meinem deine deinen deiner deinem seine seinen seiner seinem unsere unseren unserer eure euren ihre ihren
ihrer ihrem hast habt wirst wollen`,
  fr: `le la les l un une des du de d et ou mais si que qui quoi quand où comment pourquoi quel quelle quels quelles je j tu il elle on nous vous
ils elles me m te t se s lui leur mon ton son ma ta sa mes tes ses notre votre nos vos leurs combien lequel laquelle lesquels lesquelles est sont était étaient être suis es sommes ai as a
avons avez ont avait avoir ne n pas plus non oui aussi très avec sans pour par sur sous dans en à au aux ce cet cette ces c y qu`,
  es: `el la los las un una unos unas lo y o pero si que qué quien quién cuando cuándo donde dónde como cómo porque cual cuál yo tú él ella
nosotros ustedes ellos ellas me te se le les nos mi tu su mis tus sus es son era eran ser fue fueron está están estaba hay he ha han había no sí
también muy con sin por para de del en a al este esta estos estas ese esa eso esto
cuánto cuánta cuántos cuántas cuáles quiénes adónde nuestro nuestra nuestros nuestras tengo tienes tiene tenemos tienen soy eres somos
estoy estás`,
  it: `il lo la i gli le l un uno una e o ma se che chi cosa quando dove come perché quale quali io tu lui lei noi voi loro mi ti si ci vi
mio tuo suo è sono era erano essere ho ha hanno aveva non sì anche molto con senza per di del della dei delle a al alla da dal in nel nella su sul questo questa
quanto quanta quanti quante qual dov cos com mia tua sua miei mie tuoi tue suoi sue nostro nostra vostro vostra hai abbiamo avete sei siamo
dalla dallo nello`,
  pt: `o a os as um uma e ou mas se que quem quando onde como porque qual quais eu tu ele ela nós vocês eles elas me te lhe meu minha seu sua
é são era eram ser foi foram está estão tem têm tinha não sim também muito com sem por para de do da dos das em no na nos nas ao à este esta isso isto
quanto quanta quantos quantas aonde meus minhas seus suas nosso nossa tenho tens temos sou somos estou`,
  tr: `ve veya ya ile için mi mı mu mü ben sen o biz siz onlar benim senin onun bizim sizin onların bana sana ona bize size beni seni onu bizi sizi
bu şu var yok değil çok daha en gibi kadar ama fakat çünkü de da ki her ne neye neyi neden niçin niye nasıl nerede nereye nereden kim kime kimin
kimi kaç hangi hangisi zaman`,
  nl: `de het een en of maar als dan dat die dit wie wat wanneer waar waarom hoe welke ik jij je hij zij ze wij we jullie mij me jou hem haar
ons hun mijn jouw zijn is was waren ben bent heb heeft hebben had kan moet zal niet geen ja nee ook nog al zeer met zonder van voor door op in
uit aan bij naar om te er hier daar`,
  sv: `en ett den det de och eller men om att som vad vem när var varför hur vilken jag du han hon vi ni mig dig honom henne oss min din sin
är var vara har hade kan ska inte ingen ja nej också mycket med utan för av på i till från vid`,
};

const sets = new Map<string, ReadonlySet<string>>();

/** True when a lower-case word (diacritics on) carries no matter in a language. Unknown languages have none. */
export function isStopWord(word: string, language: string): boolean {
  let words = sets.get(language);
  if (words === undefined) {
    words = new Set((STOP_WORDS[language] ?? "").split(/\s+/));
    sets.set(language, words);
  }
  return words.has(word);
}
